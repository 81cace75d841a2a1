import { EVENTS } from '../apis/resource-types.ts';
import type { Client } from '../client/client.ts';
import type { KubeObject } from '../machinery/object.ts';
import {
  isAlreadyExists,
  isNamespaceGone,
  isNotFound,
  isStatusError,
} from '../machinery/status-error.ts';
import { timestampOf } from '../machinery/timestamp.ts';
import type { Clock, EventRecorder, Logger } from './controller.ts';
import { type CorrelatedEvent, EventCorrelator, type EventFacts } from './event-correlator.ts';
import { systemClock } from './system-clock.ts';

const MAX_TRIES = 5;
const RETRY_MS = 1000;
/** MAX_WAITING is how many events may wait for a slow server before new ones are dropped. */
const MAX_WAITING = 1000;

/** EventRecorderDeps is what a recorder needs; `component` is who reports. */
export interface EventRecorderDeps {
  readonly client: Client;
  readonly log: Logger;
  readonly clock?: Clock;
  readonly component: string;
  /** The node that reports, for node agents. */
  readonly host?: string;
}

/** FlushingRecorder is an EventRecorder whose writes can be waited for. */
export interface FlushingRecorder extends EventRecorder {
  /** flush resolves when what was recorded so far is written or given up. */
  flush(): Promise<void>;
}

/**
 * newEventRecorder makes a recorder that writes core/v1 Events in the order they were recorded,
 * in the background. It never throws; what cannot be written after a few tries is logged and lost.
 */
export function newEventRecorder(deps: EventRecorderDeps): FlushingRecorder {
  const writer = new EventWriter(deps);
  return {
    event: (object, type, reason, message, options = {}) =>
      writer.record({ object, type, reason, message, options }),
    flush: () => writer.flush(),
  };
}

class EventWriter {
  readonly #deps: EventRecorderDeps;
  readonly #clock: Clock;
  readonly #correlator = new EventCorrelator();
  #tail: Promise<void> = Promise.resolve();
  #waiting = 0;
  #serial = 0;

  constructor(deps: EventRecorderDeps) {
    this.#deps = deps;
    this.#clock = deps.clock ?? systemClock;
  }

  record(facts: EventFacts): void {
    if (this.#waiting >= MAX_WAITING) {
      this.#deps.log.warn({ reason: facts.reason }, 'too many events wait, one is dropped');
      return;
    }
    this.#waiting += 1;
    const now = this.#clock.now();
    this.#tail = this.#tail.then(async () => {
      await this.#write(facts, now);
      this.#waiting -= 1;
    });
  }

  flush(): Promise<void> {
    return this.#tail;
  }

  async #write(facts: EventFacts, now: Date): Promise<void> {
    if (!this.#correlator.admits(facts.object, now.getTime())) return;
    for (let attempt = 1; ; attempt += 1) {
      const event = this.#correlator.correlate(facts, now.getTime());
      try {
        await this.#send(facts, event, now);
        return;
      } catch (error) {
        if (isNotFound(error) && event.name !== undefined) this.#correlator.lost(event);
        else if (isNamespaceGone(error)) return;
        else if (isFinal(error) || attempt >= MAX_TRIES) {
          const { reason, message } = facts;
          this.#deps.log.warn({ err: error, reason, message }, 'an event could not be written');
          return;
        } else await this.#pause();
      }
    }
  }

  async #send(facts: EventFacts, event: CorrelatedEvent, now: Date): Promise<void> {
    const namespace = facts.object.metadata.namespace || 'default';
    if (event.name !== undefined) {
      const body = { count: event.count, message: event.message, lastTimestamp: timestampOf(now) };
      const patch = { type: 'application/merge-patch+json', body } as const;
      await this.#deps.client.patch(EVENTS, { namespace, name: event.name }, patch);
      this.#correlator.written(event, event.name);
      return;
    }
    const name = this.#nameFor(facts.object, now);
    await this.#deps.client.create(EVENTS, this.#render(facts, event, { namespace, name, now }));
    this.#correlator.written(event, name);
  }

  #render(
    { object, type, reason, options }: EventFacts,
    event: CorrelatedEvent,
    { namespace, name, now }: { namespace: string; name: string; now: Date },
  ) {
    const { component, host } = this.#deps;
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { namespace, name },
      involvedObject: referenceOf(object, options.fieldPath),
      reason,
      message: event.message,
      source: { component, ...(host ? { host } : {}) },
      firstTimestamp: timestampOf(new Date(event.firstMs)),
      lastTimestamp: timestampOf(now),
      count: event.count,
      type,
      reportingComponent: component,
      reportingInstance: host ?? '',
    };
  }

  /** nameFor is `OBJECT.HEX`, unique within the recorder by time and serial. */
  #nameFor(object: KubeObject, now: Date): string {
    this.#serial += 1;
    const nanos = BigInt(now.getTime()) * 1_000_000n + BigInt(this.#serial % 1_000_000);
    return `${object.metadata.name}.${nanos.toString(16)}`;
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.setTimer(RETRY_MS, resolve);
    });
  }
}

/** isFinal: the server understood and refused; trying again would not help. */
function isFinal(error: unknown): boolean {
  if (isAlreadyExists(error)) return false;
  return isStatusError(error) && error.code < 500 && error.code !== 429;
}

function referenceOf(object: KubeObject, fieldPath: string | undefined) {
  const { namespace, name, uid, resourceVersion } = object.metadata;
  return {
    kind: object.kind,
    apiVersion: object.apiVersion,
    ...(namespace ? { namespace } : {}),
    ...(name ? { name } : {}),
    ...(uid ? { uid } : {}),
    ...(resourceVersion ? { resourceVersion } : {}),
    ...(fieldPath ? { fieldPath } : {}),
  };
}
