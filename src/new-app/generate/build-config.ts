import type {
  BuildConfig,
  BuildSource,
  BuildStrategy,
  BuildTriggerPolicy,
} from '../../apis/build.openshift.io/v1/types.ts';
import type { EnvVar, ObjectReference } from '../../apis/core/v1/types.ts';
import { exactReference } from '../../machinery/image-reference.ts';
import type { BuildInput, Source } from '../component.ts';
import type { Strategy } from '../options.ts';
import type { Pipeline } from './pipeline.ts';

/** BuildSettings are what builds get beside their source and image. */
export interface BuildSettings {
  readonly env: readonly EnvVar[];
  readonly buildArgs: readonly EnvVar[];
  /** newSecret answers a fresh webhook secret. */
  newSecret(): string;
}

/** imageObjectReference names the image of a component as builds and triggers refer to it. */
export function imageObjectReference({
  component: { image },
  newStream,
}: Pipeline): ObjectReference | undefined {
  if (newStream) return { kind: 'ImageStreamTag', name: `${newStream.name}:${newStream.tag}` };
  if (image?.kind === 'stream')
    return {
      kind: 'ImageStreamTag',
      namespace: image.namespace,
      name: `${image.name}:${image.tag}`,
    };
  if (!image) return undefined;
  return { kind: 'DockerImage', name: exactReference(image.reference) };
}

/** needsUpload tells whether the code of a source is only on the user's machine. */
function needsUpload({ location, repository }: Source): boolean {
  return location.kind === 'directory' && !repository?.remoteUrl;
}

function joinPath(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '' && part !== '.').join('/');
}

function gitSource(source: Source): BuildSource {
  const { location, repository, contextDir } = source;
  const uri = repository?.remoteUrl || location.url;
  const ref = location.ref || (repository?.branch ?? '');
  const path = joinPath(repository?.prefix ?? '', contextDir);
  return {
    type: 'Git',
    git: { uri, ...(ref ? { ref } : {}) },
    ...(path ? { contextDir: path } : {}),
  };
}

function buildSource(input: BuildInput): BuildSource {
  if (input.kind === 'dockerfile') return { type: 'Dockerfile', dockerfile: input.dockerfile };
  if (input.kind === 'binary' || needsUpload(input.source)) return { type: 'Binary', binary: {} };
  return gitSource(input.source);
}

function buildStrategy(
  strategy: Strategy,
  from: ObjectReference | undefined,
  { env, buildArgs }: BuildSettings,
): BuildStrategy {
  const variables = env.length > 0 ? { env: [...env] } : {};
  if (strategy === 'source')
    return { type: 'Source', sourceStrategy: { from: from ?? {}, ...variables } };
  return {
    type: 'Docker',
    dockerStrategy: {
      ...(from ? { from } : {}),
      ...variables,
      ...(buildArgs.length > 0 ? { buildArgs: [...buildArgs] } : {}),
    },
  };
}

/** isUploaded tells whether every build of an input needs an upload, so that nothing can trigger one. */
export function isUploaded(input: BuildInput): boolean {
  return input.kind === 'binary' || (input.kind === 'source' && needsUpload(input.source));
}

/** buildConfigOf makes the BuildConfig of a pipeline that has a build. */
export function buildConfigOf(
  pipeline: Pipeline,
  settings: BuildSettings,
): BuildConfig | undefined {
  const { build } = pipeline.component;
  if (!build) return undefined;
  const from = imageObjectReference(pipeline);
  const triggers: BuildTriggerPolicy[] = [
    { type: 'GitHub', github: { secret: settings.newSecret() } },
    { type: 'Generic', generic: { secret: settings.newSecret() } },
  ];
  if (!isUploaded(build.input)) {
    triggers.push({ type: 'ConfigChange' });
    if (from?.kind === 'ImageStreamTag') triggers.push({ type: 'ImageChange', imageChange: {} });
  }
  return {
    apiVersion: 'build.openshift.io/v1',
    kind: 'BuildConfig',
    metadata: { name: pipeline.name },
    spec: {
      nodeSelector: null as unknown as Record<string, string>,
      output: pipeline.output ? { to: { ...pipeline.output } } : {},
      resources: {},
      source: buildSource(build.input),
      strategy: buildStrategy(build.strategy, from, settings),
      triggers,
    },
  };
}
