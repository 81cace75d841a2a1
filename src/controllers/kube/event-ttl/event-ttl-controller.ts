import type { Event } from '../../../apis/core/v1/types.ts';
import { EVENTS } from '../../../apis/resource-types.ts';
import type { Controller, ControllerDeps } from '../../../controller-kit/controller.ts';
import { isConflict, isNotFound } from '../../../machinery/status-error.ts';

const SWEEP_MS = 60_000;
const TTL_MS = 3_600_000;
const PAGE_SIZE = 500;

/** newEventTtlController removes Events an hour after they last happened, as kube-apiserver does. */
export function newEventTtlController({ client, clock }: ControllerDeps): Controller {
  return {
    name: 'event-ttl',
    sources: [],
    begin: (enqueue) => {
      enqueue('sweep');
      return () => undefined;
    },
    reconcile: async () => {
      const oldest = clock.now().getTime() - TTL_MS;
      let token = '';
      do {
        const page = await client.list(EVENTS, { limit: PAGE_SIZE, continue: token });
        for (const event of page.items) if (lastSeenMs(event) < oldest) await remove(event);
        token = page.metadata.continue ?? '';
      } while (token !== '');
      return { requeueAfterMs: SWEEP_MS };
    },
  };

  async function remove({ metadata }: Event): Promise<void> {
    const { namespace, name = '', uid = '', resourceVersion = '' } = metadata;
    const preconditions = { uid, resourceVersion };
    await client.delete(EVENTS, { namespace, name }, { preconditions }).catch((error: unknown) => {
      if (!isNotFound(error) && !isConflict(error)) throw error;
    });
  }
}

function lastSeenMs({ lastTimestamp, eventTime, series, metadata }: Event): number {
  const times = [lastTimestamp, eventTime, series?.lastObservedTime, metadata.creationTimestamp];
  return Math.max(0, ...times.map((time) => (time ? Date.parse(time) : 0)));
}
