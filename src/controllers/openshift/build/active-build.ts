import { phaseOf } from '../../../apis/build.openshift.io/v1/names.ts';
import type { Build } from '../../../apis/build.openshift.io/v1/types.ts';
import type { Pod } from '../../../apis/core/v1/types.ts';
import { type BuildUpdate, transition } from './build-update.ts';

const OUT_OF_MEMORY = 'The build pod was killed due to an out of memory condition.';
const POD_DELETED = 'The pod for this build was deleted before the build completed.';

/** isOomKilled tells whether the kernel ended a container of the pod for want of memory. */
export function isOomKilled(pod: Pod | undefined): boolean {
  const statuses = [
    ...(pod?.status?.containerStatuses ?? []),
    ...(pod?.status?.initContainerStatuses ?? []),
  ];
  return (
    pod?.status?.reason === 'OOMKilled' ||
    statuses.some(({ state }) => state?.terminated?.reason === 'OOMKilled')
  );
}

/** outOfMemory is the end of a build whose pod was killed for want of memory. */
export function outOfMemory(): BuildUpdate {
  return transition('Failed', 'OutOfMemoryKilled', OUT_OF_MEMORY);
}

/** podDeleted is the end of a build whose pod is gone. */
export function podDeleted(): BuildUpdate {
  return transition('Error', 'BuildPodDeleted', POD_DELETED);
}

function succeeded(pod: Pod): BuildUpdate {
  const statuses = pod.status?.containerStatuses ?? [];
  if (statuses.length === 0) {
    const text = 'The pod for this build has no container statuses indicating success or failure.';
    return transition('Error', 'NoBuildContainerStatus', text);
  }
  if (statuses.some(({ state }) => (state?.terminated?.exitCode ?? 0) !== 0)) {
    const text = 'The pod for this build has at least one container with a non-zero exit status.';
    return transition('Error', 'FailedContainer', text);
  }
  return transition('Complete');
}

function failed(pod: Pod): BuildUpdate {
  if (isOomKilled(pod)) return outOfMemory();
  const { reason, message = '' } = pod.status ?? {};
  if (reason === 'Evicted') return transition('Failed', 'BuildPodEvicted', message);
  if (pod.metadata.deletionTimestamp) return podDeleted();
  if (reason === 'DeadlineExceeded') {
    const text = 'The build did not complete within its completionDeadlineSeconds.';
    return transition('Failed', 'GenericBuildFailed', text);
  }
  const text = 'Generic Build failure - check logs for details.';
  return transition('Failed', 'GenericBuildFailed', text);
}

/** followPod answers what the state of its pod means for a build that has not ended; none: nothing new. */
export function followPod(build: Build, pod: Pod): BuildUpdate | undefined {
  const phase = phaseOf(build);
  switch (pod.status?.phase ?? 'Pending') {
    case 'Pending':
      return phase === 'New' ? transition('Pending') : undefined;
    case 'Running': {
      if (phase === 'Running') return undefined;
      const { startTime } = pod.status ?? {};
      return { ...transition('Running'), ...(startTime ? { startTime } : {}) };
    }
    case 'Succeeded':
      return succeeded(pod);
    case 'Failed':
      return failed(pod);
    default:
      return undefined;
  }
}
