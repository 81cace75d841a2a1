import type { KubeObject } from '../machinery/object.ts';
import type { EventOptions } from './controller.ts';

/** CACHE_SIZE is how many events, groups and sources are remembered (client-go: 4096 each). */
const CACHE_SIZE = 4096;
/** Beyond so many different messages of one group within the window they are counted as one. */
const MAX_SIMILAR = 10;
const SIMILAR_WINDOW_MS = 600_000;
/** A source and object may write so many events at once, then one in five minutes. */
const SPAM_BURST = 25;
const SPAM_REFILL_MS = 300_000;

/** EventFacts is what was recorded about an object. */
export interface EventFacts {
  readonly object: KubeObject;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly options: EventOptions;
}

/** CorrelatedEvent is what is to be written for it; `name` is set where an Event exists already. */
export interface CorrelatedEvent {
  readonly key: string;
  readonly message: string;
  readonly count: number;
  readonly firstMs: number;
  readonly name: string | undefined;
}

interface Known {
  readonly name: string;
  count: number;
  readonly firstMs: number;
}

interface Group {
  readonly messages: Set<string>;
  lastMs: number;
}

interface Allowance {
  tokens: number;
  lastMs: number;
}

/**
 * EventCorrelator decides how a stream of events is written, as client-go's does: equal ones are
 * counted, many similar ones are combined, and a source that floods is cut off.
 */
export class EventCorrelator {
  readonly #known = new Map<string, Known>();
  readonly #groups = new Map<string, Group>();
  readonly #allowances = new Map<string, Allowance>();

  /** admits spends from the allowance of the object; false: it writes too much. */
  admits(object: KubeObject, nowMs: number): boolean {
    return this.#allow(aboutOf(object).join('/'), nowMs);
  }

  /** correlate answers what to write. */
  correlate(facts: EventFacts, nowMs: number): CorrelatedEvent {
    const { object, type, reason, options } = facts;
    const group = [...aboutOf(object), options.fieldPath, type, reason].join('/');
    const combined = this.#combines(group, facts.message, nowMs);
    const message = combined ? `(combined from similar events): ${facts.message}` : facts.message;
    const key = combined ? group : `${group}/${facts.message}`;
    const known = this.#known.get(key);
    return {
      key,
      message,
      count: (known?.count ?? 0) + 1,
      firstMs: known?.firstMs ?? nowMs,
      name: known?.name,
    };
  }

  /** written remembers what was stored for an event. */
  written(event: CorrelatedEvent, name: string): void {
    remember(this.#known, event.key, { name, count: event.count, firstMs: event.firstMs });
  }

  /** lost forgets an Event that does not exist any more. */
  lost(event: CorrelatedEvent): void {
    this.#known.delete(event.key);
  }

  #allow(source: string, nowMs: number): boolean {
    const held = this.#allowances.get(source) ?? { tokens: SPAM_BURST, lastMs: nowMs };
    const refilled = held.tokens + (nowMs - held.lastMs) / SPAM_REFILL_MS;
    const tokens = Math.min(SPAM_BURST, refilled);
    const allowed = tokens >= 1;
    remember(this.#allowances, source, { tokens: allowed ? tokens - 1 : tokens, lastMs: nowMs });
    return allowed;
  }

  #combines(key: string, message: string, nowMs: number): boolean {
    const held = this.#groups.get(key);
    const fresh = held !== undefined && nowMs - held.lastMs <= SIMILAR_WINDOW_MS;
    const group: Group = fresh ? held : { messages: new Set(), lastMs: nowMs };
    group.lastMs = nowMs;
    const combines = !group.messages.has(message) && group.messages.size >= MAX_SIMILAR - 1;
    if (!combines) group.messages.add(message);
    remember(this.#groups, key, group);
    return combines;
  }
}

function aboutOf(object: KubeObject): (string | undefined)[] {
  const { namespace, name, uid } = object.metadata;
  return [object.apiVersion, object.kind, namespace, name, uid];
}

/** remember keeps the most recent entries of a map. */
function remember<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= CACHE_SIZE) return;
  const oldest = map.keys().next();
  if (!oldest.done) map.delete(oldest.value);
}
