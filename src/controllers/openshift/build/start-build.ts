import type { Build } from '../../../apis/build.openshift.io/v1/types.ts';
import type { LocalObjectReference, Pod, Secret } from '../../../apis/core/v1/types.ts';
import { PODS } from '../../../apis/resource-types.ts';
import type { Client } from '../../../client/client.ts';
import { createUnlessExists } from '../../../client/create-unless-exists.ts';
import { isNotFound } from '../../../machinery/status-error.ts';
import { resolveVariables, UnresolvedVariable } from './build-environment.ts';
import { type BuildPodOptions, buildPod } from './build-pod-spec.ts';
import { type BuildUpdate, transition } from './build-update.ts';
import { resolveReferences, type Streams } from './image-references.ts';
import { accountSecrets, secretFor } from './registry-secrets.ts';

/** Started is what came of starting a build: its update, and an error to be tried again after. */
export interface Started {
  readonly update: BuildUpdate;
  readonly retry?: Error;
  /** What an Event shall say about a pod that could not be created. */
  readonly warning?: string;
}

/** StartDeps are what starting a build needs. */
export interface StartDeps {
  readonly client: Client;
  readonly streams: Streams;
  readonly pods: BuildPodOptions;
  readonly now: Date;
}

const SECRET_PATIENCE_MS = 30_000;
const POD_PATIENCE_MS = 120_000;

/** isOwnPod tells whether a pod was made for this very build, and not for an older one of its name. */
export function isOwnPod(pod: Pod, build: Build): boolean {
  return pod.metadata.ownerReferences?.some(({ uid }) => uid === build.metadata.uid) ?? false;
}

function ageMs(build: Build, now: Date): number {
  return now.getTime() - Date.parse(build.metadata.creationTimestamp ?? now.toISOString());
}

function chooseSecrets(
  draft: Build,
  output: string | undefined,
  secrets: readonly Secret[],
): LocalObjectReference | undefined {
  const { spec } = draft;
  if (spec === undefined) return undefined;
  const push = spec.output?.pushSecret ?? (output ? secretFor(secrets, output) : undefined);
  if (push) spec.output = { ...spec.output, pushSecret: push };
  const { sourceStrategy, dockerStrategy, customStrategy } = spec.strategy;
  for (const strategy of [sourceStrategy, dockerStrategy, customStrategy]) {
    if (!strategy || strategy.pullSecret) continue;
    const pull = secretFor(secrets, strategy.from?.name ?? '');
    if (pull) strategy.pullSecret = pull;
  }
  return push;
}

async function createPod(deps: StartDeps, build: Build, pod: Pod): Promise<Started | undefined> {
  const { client, now } = deps;
  try {
    if (await createUnlessExists(client, PODS, pod)) return undefined;
  } catch (error) {
    const message = (error as Error).message;
    return {
      update: {
        reason: 'CannotCreateBuildPod',
        message: `Failed creating build pod: ${message}`,
      },
      retry: new Error(`failed to create build pod: ${message}`, { cause: error }),
      warning: `Error creating build pod: ${message}`,
    };
  }
  const { namespace, name = '' } = pod.metadata;
  const existing = await client.get(PODS, { namespace, name });
  if (isOwnPod(existing, build)) return undefined;
  return foreignPod(existing, build, now);
}

/** foreignPod waits for the pod of an older build of the same name to be collected, then gives up. */
export function foreignPod(pod: Pod, build: Build, now: Date): Started {
  const { namespace, name } = pod.metadata;
  if (pod.metadata.ownerReferences?.length && ageMs(build, now) < POD_PATIENCE_MS) {
    return { update: {}, retry: new Error(`waiting for the older pod ${namespace}/${name} to go`) };
  }
  const text = 'The pod for this build already exists and is older than the build.';
  return {
    update: transition('Error', 'BuildPodExists', text),
    warning: `Pod already exists: ${namespace}/${name}`,
  };
}

async function secretsOf(deps: StartDeps, build: Build): Promise<readonly Secret[] | Started> {
  const account = build.spec?.serviceAccount || 'builder';
  const retry = new Error(`the service account ${account} has no registry credentials yet`);
  try {
    const secrets = await accountSecrets(deps.client, build.metadata.namespace ?? '', account);
    const needed = build.spec?.output?.to !== undefined && !build.spec.output.pushSecret;
    if (secrets.length > 0 || !needed || ageMs(build, deps.now) > SECRET_PATIENCE_MS)
      return secrets;
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  return {
    update: {
      reason: 'CannotRetrieveServiceAccount',
      message: 'Unable to look up the service account secrets for this build.',
    },
    retry,
  };
}

function isStarted(value: readonly Secret[] | Started): value is Started {
  return 'update' in value;
}

/**
 * startBuild creates the pod of a new build. Whatever is missing (image stream, account, quota) is
 * said in the build's reason and message while it waits in phase New.
 */
export async function startBuild(build: Build, deps: StartDeps): Promise<Started> {
  const resolution = resolveReferences(build, deps.streams);
  if (resolution.kind === 'waiting') {
    const { reason, message } = resolution;
    // An upload is under way: whoever sends it must hear at once that it has nowhere to go.
    const binary = reason === 'InvalidOutputReference' && build.spec?.source?.binary !== undefined;
    return { update: binary ? transition('Failed', reason, message) : { reason, message } };
  }
  const { build: draft, output } = resolution;
  const secrets = await secretsOf(deps, build);
  if (isStarted(secrets)) return secrets;
  const pushSecret = chooseSecrets(draft, output, secrets);
  draft.status = {
    ...draft.status,
    phase: 'New',
    ...(output ? { outputDockerImageReference: output } : {}),
  };
  try {
    await resolveVariables(deps.client, draft);
  } catch (error) {
    if (!(error instanceof UnresolvedVariable)) throw error;
    const text = `Unable to resolve build environment variable reference., ${error.message}`;
    return { update: transition('Error', 'UnresolvableEnvironmentVariable', text) };
  }
  const pod = buildPod(draft, deps.pods);
  const refused = await createPod(deps, build, pod);
  if (refused) return refused;
  return {
    update: {
      ...transition('Pending'),
      podName: pod.metadata.name ?? '',
      ...(pushSecret ? { pushSecret } : {}),
      ...(output ? { outputReference: output } : {}),
    },
  };
}
