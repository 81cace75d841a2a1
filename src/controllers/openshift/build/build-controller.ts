import {
  BUILD_NAME,
  type BuildPhase,
  buildPodName,
  configNameOf,
  isBuildComplete,
  phaseOf,
} from '../../../apis/build.openshift.io/v1/names.ts';
import type { Build } from '../../../apis/build.openshift.io/v1/types.ts';
import type { Pod } from '../../../apis/core/v1/types.ts';
import { BUILD_CONFIGS, BUILDS, IMAGE_STREAMS, PODS } from '../../../apis/resource-types.ts';
import {
  type Controller,
  type ControllerDeps,
  type ReconcileResult,
  source,
} from '../../../controller-kit/controller.ts';
import { semanticEqual } from '../../../machinery/deep-equal.ts';
import { objectKey } from '../../../machinery/object.ts';
import { isNotFound } from '../../../machinery/status-error.ts';
import { followPod, isOomKilled, outOfMemory, podDeleted } from './active-build.ts';
import type { BuildPodOptions } from './build-pod-spec.ts';
import { buildsToPrune } from './build-pruning.ts';
import { applyUpdate, type BuildUpdate, transition } from './build-update.ts';
import { namesStream } from './image-references.ts';
import { isRunnable, superseded } from './run-policy.ts';
import { foreignPod, isOwnPod, type Started, startBuild } from './start-build.ts';

/** BuildControllerDeps are a controller's, and what build pods are made of. */
export interface BuildControllerDeps extends ControllerDeps {
  readonly pods: BuildPodOptions;
}

const EVENTS: Readonly<Partial<Record<BuildPhase, readonly [reason: string, text: string]>>> = {
  Running: ['BuildStarted', 'is now running'],
  Complete: ['BuildCompleted', 'completed successfully'],
  Failed: ['BuildFailed', 'failed'],
  Error: ['BuildFailed', 'failed'],
  Cancelled: ['BuildCancelled', 'has been cancelled'],
};
const DEADLINE_GRACE_MS = 10_000;

/** isSettled tells whether an ended build has all that the controller gives it. */
function isSettled(build: Build): boolean {
  return isBuildComplete(build) && build.status?.completionTimestamp !== undefined;
}

/**
 * newBuildController takes builds to their end: it lets them start as their run policy allows,
 * creates their pods, follows those, and prunes old builds.
 *
 * INVARIANTS: a build has one pod, of a name that follows from its own, so that a controller that
 * was killed after creating it finds it again; an ended phase never changes.
 */
export function newBuildController(deps: BuildControllerDeps): Controller {
  const { client, informers, clock, recorder } = deps;
  const builds = informers.informer(BUILDS);
  const configs = informers.informer(BUILD_CONFIGS);
  const pods = informers.informer(PODS);
  const streams = informers.informer(IMAGE_STREAMS);

  function siblings(build: Build): readonly Build[] {
    const config = configNameOf(build);
    if (config === '') return [build];
    return builds.list(build.metadata.namespace).filter((one) => configNameOf(one) === config);
  }

  async function podOf(build: Build): Promise<Pod | undefined> {
    const { namespace } = build.metadata;
    const name = buildPodName(build);
    const cached = pods.get(`${namespace}/${name}`);
    if (cached || phaseOf(build) === 'New') return cached;
    // The copy may be behind; a build must not end because of that.
    try {
      return await client.get(PODS, { namespace, name });
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  async function markCancelled(build: Build): Promise<void> {
    const draft = structuredClone(build);
    draft.status = { ...draft.status, phase: phaseOf(build), cancelled: true };
    await client.update(BUILDS, draft);
  }

  async function deletePod(build: Build): Promise<void> {
    try {
      const ref = { namespace: build.metadata.namespace, name: buildPodName(build) };
      await client.delete(PODS, ref);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  async function begin(build: Build, pod: Pod | undefined): Promise<Started | undefined> {
    const now = clock.now();
    if (pod) {
      if (!isOwnPod(pod, build)) return foreignPod(pod, build, now);
      return startBuildAgain(build);
    }
    const others = siblings(build);
    for (const one of superseded(build, others)) await markCancelled(one);
    if (!isRunnable(build, others)) return undefined;
    return startBuildAgain(build);
  }

  /** startBuildAgain is safe to repeat: a pod that it made before is its own. */
  function startBuildAgain(build: Build): Promise<Started> {
    const streamOf = (namespace: string, name: string) => streams.get(`${namespace}/${name}`);
    return startBuild(build, { client, streams: streamOf, pods: deps.pods, now: clock.now() });
  }

  async function decide(build: Build, pod: Pod | undefined): Promise<Started | undefined> {
    if (isBuildComplete(build)) {
      return { update: isOomKilled(pod) ? outOfMemory() : {} };
    }
    if (build.status?.cancelled) {
      await deletePod(build);
      const text = 'The build was cancelled by the user.';
      return { update: transition('Cancelled', 'CancelledBuild', text) };
    }
    if (phaseOf(build) === 'New') return begin(build, pod);
    const update = pod === undefined ? podDeleted() : followPod(build, pod);
    return update && { update };
  }

  function announce(before: Build, after: Build): void {
    const phase = phaseOf(after);
    const ended = isBuildComplete(after) && !isSettled(before);
    if (phase === phaseOf(before) && !ended) return;
    const event = EVENTS[phase];
    if (event === undefined) return;
    const { namespace, name } = after.metadata;
    recorder.event(after, 'Normal', event[0], `Build ${namespace}/${name} ${event[1]}`);
  }

  async function prune(build: Build): Promise<void> {
    const config = configs.get(`${build.metadata.namespace}/${configNameOf(build)}`);
    if (config === undefined) return;
    for (const { metadata } of buildsToPrune(config, siblings(build))) {
      try {
        await client.delete(BUILDS, { namespace: metadata.namespace, name: metadata.name ?? '' });
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }
  }

  async function write(build: Build, update: BuildUpdate, pod: Pod | undefined): Promise<void> {
    const draft = applyUpdate(build, update, { pod, now: clock.now() });
    if (semanticEqual(draft, build)) return;
    const written = await client.update(BUILDS, draft);
    announce(build, written);
  }

  /** untilDeadline answers when a build whose pod nobody stopped in time has to be looked at. */
  function untilDeadline(build: Build): ReconcileResult | undefined {
    const seconds = build.spec?.completionDeadlineSeconds;
    const started = build.status?.startTimestamp;
    if (seconds === undefined || started === undefined || isBuildComplete(build)) return undefined;
    const left = Date.parse(started) + seconds * 1000 + DEADLINE_GRACE_MS - clock.now().getTime();
    return { requeueAfterMs: Math.max(left, 1000) };
  }

  async function overdue(build: Build): Promise<boolean> {
    const seconds = build.spec?.completionDeadlineSeconds;
    const started = build.status?.startTimestamp;
    if (seconds === undefined || started === undefined || isBuildComplete(build)) return false;
    const endMs = Date.parse(started) + seconds * 1000 + DEADLINE_GRACE_MS;
    if (clock.now().getTime() < endMs) return false;
    await deletePod(build);
    const text = 'The build did not complete within its completionDeadlineSeconds.';
    await write(build, transition('Failed', 'GenericBuildFailed', text), undefined);
    return true;
  }

  async function reconcile(key: string): Promise<ReconcileResult | undefined> {
    const build = builds.get(key);
    if (!build || build.metadata.deletionTimestamp) return undefined;
    if (build.spec?.strategy.jenkinsPipelineStrategy) return undefined;
    if (isSettled(build)) {
      await prune(build);
      return undefined;
    }
    if (await overdue(build)) return undefined;
    const pod = await podOf(build);
    const started = await decide(build, pod);
    if (started?.warning) recorder.event(build, 'Warning', 'FailedCreate', started.warning);
    if (started) await write(build, started.update, pod);
    if (started?.retry) throw started.retry;
    return untilDeadline(build);
  }

  /** waiting answers the keys of a config's builds that may start now that another one changed or went. */
  function waiting(build: Build): readonly string[] {
    return siblings(build)
      .filter((one) => phaseOf(one) === 'New')
      .map(objectKey);
  }

  return {
    name: 'build',
    concurrency: 4,
    sources: [
      source(BUILDS, (build) => [objectKey(build), ...waiting(build)]),
      source(PODS, (pod) => {
        const name = pod.metadata.annotations?.[BUILD_NAME];
        return name === undefined ? [] : [`${pod.metadata.namespace}/${name}`];
      }),
      source(IMAGE_STREAMS, (stream) =>
        builds
          .list()
          .filter((build) => phaseOf(build) === 'New' && namesStream(build, stream))
          .map(objectKey),
      ),
    ],
    reconcile,
  };
}
