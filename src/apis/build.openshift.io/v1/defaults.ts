import type { Build, BuildConfig, BuildSource, BuildStrategy } from './types.ts';

function defaultSource(source: BuildSource | undefined): void {
  if (source?.type === 'Binary' && source.binary === undefined) source.binary = {};
}

function defaultType(strategy: BuildStrategy): void {
  if (strategy.type) return;
  if (strategy.sourceStrategy) strategy.type = 'Source';
  else if (strategy.dockerStrategy) strategy.type = 'Docker';
  else if (strategy.customStrategy) strategy.type = 'Custom';
  else if (strategy.jenkinsPipelineStrategy) strategy.type = 'JenkinsPipeline';
}

function defaultSourceType(source: BuildSource): void {
  if (source.type) return;
  if (source.git) source.type = 'Git';
  else if (source.binary) source.type = 'Binary';
  else if (source.dockerfile !== undefined) source.type = 'Dockerfile';
  else if (source.images?.length) source.type = 'Image';
  else source.type = 'None';
}

function defaultStrategy(strategy: BuildStrategy): void {
  if (strategy.type === 'Docker' && strategy.dockerStrategy === undefined) {
    strategy.dockerStrategy = {};
  }
  const { sourceStrategy, dockerStrategy, customStrategy } = strategy;
  for (const from of [sourceStrategy?.from, dockerStrategy?.from, customStrategy?.from]) {
    if (from && !from.kind) from.kind = 'ImageStreamTag';
  }
  defaultType(strategy);
}

/** defaultBuild fills in what build.openshift.io/v1 defaults in a Build. */
export function defaultBuild(draft: Build): void {
  if (draft.spec === undefined) return;
  draft.spec.source ??= {};
  defaultSource(draft.spec.source);
  defaultSourceType(draft.spec.source);
  defaultStrategy(draft.spec.strategy);
}

/** defaultBuildConfig fills in what build.openshift.io/v1 defaults in a BuildConfig. */
export function defaultBuildConfig(draft: BuildConfig): void {
  const { spec } = draft;
  spec.source ??= {};
  defaultSource(spec.source);
  defaultSourceType(spec.source);
  defaultStrategy(spec.strategy);
  if (!spec.runPolicy) spec.runPolicy = 'Serial';
  spec.triggers ??= [];
  for (const trigger of spec.triggers) {
    if (trigger.type === 'ImageChange') trigger.imageChange ??= {};
    const from = trigger.imageChange?.from;
    if (from && !from.kind) from.kind = 'ImageStreamTag';
  }
}
