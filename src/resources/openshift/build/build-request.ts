import type { Build, BuildRequest } from '../../../apis/build.openshift.io/v1/types.ts';
import type { EnvVar } from '../../../apis/core/v1/types.ts';
import { isConflict, newBadRequest } from '../../../machinery/status-error.ts';

/** merged puts new variables over old ones of the same name, new names at the end. */
function merged(old: readonly EnvVar[] | undefined, added: readonly EnvVar[]): EnvVar[] {
  const byName = new Map((old ?? []).map((one) => [one.name, one]));
  for (const one of added) byName.set(one.name, one);
  return [...byName.values()];
}

function addEnv(draft: Build, env: readonly EnvVar[]): void {
  const { sourceStrategy, dockerStrategy, customStrategy, jenkinsPipelineStrategy } =
    draft.spec?.strategy ?? {};
  for (const one of [sourceStrategy, dockerStrategy, customStrategy, jenkinsPipelineStrategy]) {
    if (one) one.env = merged(one.env, env);
  }
}

function wrongStrategy(kind: string, config: string): Error {
  return newBadRequest(
    `Cannot specify ${kind} build specific options on ${config}, not a ${kind} build.`,
  );
}

function dockerOptions(draft: Build, request: BuildRequest, config: string): void {
  const { buildArgs, noCache } = request.dockerStrategyOptions ?? {};
  if (!buildArgs?.length && noCache === undefined) return;
  const strategy = draft.spec?.strategy.dockerStrategy;
  if (strategy === undefined) throw wrongStrategy('Docker', config);
  if (buildArgs?.length) strategy.buildArgs = merged(strategy.buildArgs, buildArgs);
  if (noCache !== undefined) strategy.noCache = noCache;
}

function sourceOptions(draft: Build, request: BuildRequest, config: string): void {
  const { incremental } = request.sourceStrategyOptions ?? {};
  if (incremental === undefined) return;
  const strategy = draft.spec?.strategy.sourceStrategy;
  if (strategy === undefined) throw wrongStrategy('Source', config);
  strategy.incremental = incremental;
}

/**
 * applyRequest puts what a request asks for into a build: causes, variables, options of a
 * strategy, labels and annotations. Throws a 400 for options of another strategy.
 */
export function applyRequest(draft: Build, request: BuildRequest, config: string): void {
  const { metadata } = draft;
  metadata.labels = { ...request.metadata?.labels, ...metadata.labels };
  metadata.annotations = { ...request.metadata?.annotations, ...metadata.annotations };
  if (draft.spec && request.triggeredBy) draft.spec.triggeredBy = request.triggeredBy;
  if (request.env?.length) addEnv(draft, request.env);
  dockerOptions(draft, request, config);
  sourceOptions(draft, request, config);
}

/** ATTEMPTS is how often a build is asked for while others change its config. */
const ATTEMPTS = 3;

/**
 * attempted has a request carried out, again after a conflict; one that does not say who triggered
 * it was made by hand.
 */
export async function attempted(
  request: BuildRequest,
  once: (request: BuildRequest) => Promise<Build>,
): Promise<Build> {
  const triggeredBy = request.triggeredBy?.length
    ? request.triggeredBy
    : [{ message: 'Manually triggered' }];
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await once({ ...request, triggeredBy });
    } catch (error) {
      if (!isConflict(error) || attempt === ATTEMPTS) throw error;
    }
  }
}
