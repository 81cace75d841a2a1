import type { Job } from '../../../apis/batch/v1/types.ts';
import { JOBS } from '../../../apis/resource-types.ts';
import {
  type Controller,
  type ControllerDeps,
  source,
} from '../../../controller-kit/controller.ts';
import { objectKey } from '../../../machinery/object.ts';
import { isConflict, isNotFound } from '../../../machinery/status-error.ts';

/** finishedMs is when a job ended, in milliseconds; undefined: it has not. */
function finishedMs({ status }: Job): number | undefined {
  const end = status?.conditions?.find(
    ({ type, status: is }) => (type === 'Complete' || type === 'Failed') && is === 'True',
  );
  return end?.lastTransitionTime ? Date.parse(end.lastTransitionTime) : undefined;
}

/** remainingMs is how long a job still stays; undefined: for ever, as far as anybody knows. */
function remainingMs(job: Job, now: Date): number | undefined {
  const ttl = job.spec?.ttlSecondsAfterFinished;
  const finished = finishedMs(job);
  if (ttl === undefined || finished === undefined || job.metadata.deletionTimestamp)
    return undefined;
  return finished + ttl * 1000 - now.getTime();
}

/**
 * newTtlAfterFinishedController removes jobs, with their pods, a while after they ended, where they
 * say so by `ttlSecondsAfterFinished` (kube-controller-manager's `ttl-after-finished`).
 */
export function newTtlAfterFinishedController(deps: ControllerDeps): Controller {
  const { client, clock, informers } = deps;
  const jobs = informers.informer(JOBS);
  return {
    name: 'ttl-after-finished',
    sources: [source(JOBS, (job) => [objectKey(job)])],
    async reconcile(key) {
      const job = jobs.get(key);
      const remaining = job && remainingMs(job, clock.now());
      if (job === undefined || remaining === undefined) return undefined;
      if (remaining > 0) return { requeueAfterMs: remaining };
      const { namespace, name = '', uid = '', resourceVersion = '' } = job.metadata;
      // The version: a job whose time was made longer in the meantime stays.
      const preconditions = { uid, resourceVersion };
      const options = { propagationPolicy: 'Foreground', preconditions };
      await client.delete(JOBS, { namespace, name }, options).catch((error: unknown) => {
        if (!isNotFound(error) && !isConflict(error)) throw error;
      });
      return undefined;
    },
  };
}
