import type { Event as CoreEvent } from '../../core/v1/types.ts';
import type { Event } from './types.ts';

/** The names that the newer API gives to fields of events, by those of the core. */
const NAMES = {
  involvedObject: 'regarding',
  message: 'note',
  source: 'deprecatedSource',
  firstTimestamp: 'deprecatedFirstTimestamp',
  lastTimestamp: 'deprecatedLastTimestamp',
  count: 'deprecatedCount',
  reportingComponent: 'reportingController',
} as const;
const NEW_NAMES = new Map<string, string>(Object.entries(NAMES));
const CORE_NAMES = new Map<string, string>(
  Object.entries(NAMES).map(([core, name]) => [name, core]),
);

function renamed(object: object, names: ReadonlyMap<string, string>): Record<string, unknown> {
  const pairs = Object.entries(object).map(([name, value]) => [names.get(name) ?? name, value]);
  return Object.fromEntries(pairs) as Record<string, unknown>;
}

/** toNewEvent shows an event of the core as events.k8s.io/v1. */
export function toNewEvent(event: CoreEvent): Event {
  const { reportingComponent, reportingInstance, ...rest } = event;
  const { eventTime = null, ...fields } = renamed(rest, NEW_NAMES);
  return {
    ...fields,
    apiVersion: 'events.k8s.io/v1',
    eventTime,
    ...(reportingComponent && { reportingController: reportingComponent }),
    ...(reportingInstance && { reportingInstance }),
  } as unknown as Event;
}

/** toCoreEvent reads an event of events.k8s.io/v1. */
export function toCoreEvent(event: Event): CoreEvent {
  const reporter = { reportingComponent: '', reportingInstance: '' };
  return { ...reporter, ...renamed(event, CORE_NAMES), apiVersion: 'v1' } as unknown as CoreEvent;
}

const SAME_FIELDS = ['reason', 'type'];

/** coreEventField is what the core calls a field by which events are selected; undefined: there is none. */
export function coreEventField(name: string): string | undefined {
  if (SAME_FIELDS.includes(name)) return name;
  if (name === 'reportingController') return 'reportingComponent';
  const [, field] = /^regarding\.(\w+)$/.exec(name) ?? [];
  return field && `involvedObject.${field}`;
}
