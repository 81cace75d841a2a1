import { EVENT_COLUMNS } from '../../apis/core/v1/columns.ts';
import { defaultEvent } from '../../apis/core/v1/defaults.ts';
import {
  eventErrors,
  newEventErrors,
  newEventUpdateErrors,
} from '../../apis/core/v1/event-validation.ts';
import type { Event } from '../../apis/core/v1/types.ts';
import { coreEventField, toCoreEvent, toNewEvent } from '../../apis/events.k8s.io/v1/conversion.ts';
import type { Event as NewEvent } from '../../apis/events.k8s.io/v1/types.ts';
import { EVENTS, NEW_EVENTS } from '../../apis/resource-types.ts';
import { convertedStrategy } from '../../apiserver/converted-strategy.ts';
import type { ResourceDefinition, Strategy } from '../../apiserver/resource-definition.ts';

function selectableFields(event: Event): Record<string, string> {
  const { involvedObject, source, reportingComponent = '' } = event;
  const about = involvedObject ?? {};
  return {
    'involvedObject.kind': about.kind ?? '',
    'involvedObject.namespace': about.namespace ?? '',
    'involvedObject.name': about.name ?? '',
    'involvedObject.uid': about.uid ?? '',
    'involvedObject.apiVersion': about.apiVersion ?? '',
    'involvedObject.resourceVersion': about.resourceVersion ?? '',
    'involvedObject.fieldPath': about.fieldPath ?? '',
    reason: event.reason ?? '',
    reportingComponent,
    source: source?.component || reportingComponent,
    type: event.type ?? '',
  };
}

/** eventDefinition declares the events of the core, as they are stored. */
export const eventDefinition: ResourceDefinition<Event> = {
  type: EVENTS,
  definition: 'io.k8s.api.core.v1.Event',
  writtenAnywhere: true,
  shortNames: ['ev'],
  columns: EVENT_COLUMNS,
  strategy: {
    allowCreateOnUpdate: true,
    // Old clients make names of all kinds.
    nameRule: 'pathSegment',
    metadataOnUpdate: 'none',
    defaults: defaultEvent,
    validate: (event) => eventErrors(event),
    selectableFields,
  },
};

/** What the newer API demands, in the form of the core. */
const strict: Strategy<Event> = {
  metadataOnUpdate: 'changes',
  allowCreateOnUpdate: true,
  validate: (event) => eventErrors(event, 'reportingController'),
  validateCreate: newEventErrors,
  validateUpdate: newEventUpdateErrors,
};

function defaultNewEvent(draft: NewEvent): void {
  const event = toCoreEvent(draft);
  defaultEvent(event);
  Object.assign(draft, toNewEvent(event));
}

/** newEventDefinition declares the same objects as events.k8s.io/v1. */
export const newEventDefinition: ResourceDefinition<NewEvent> = {
  type: NEW_EVENTS,
  definition: 'io.k8s.api.events.v1.Event',
  shortNames: ['ev'],
  columns: EVENT_COLUMNS.map((column) => ({
    ...column,
    cell: (event: NewEvent, now: Date) => column.cell(toCoreEvent(event), now),
  })),
  strategy: convertedStrategy<NewEvent, Event>(
    strict,
    { toStored: toCoreEvent, fromStored: toNewEvent },
    defaultNewEvent,
  ),
  storedAs: {
    type: EVENTS,
    toStored: (events) => events.map((one) => toCoreEvent(one as NewEvent)),
    fromStored: (events) => events.map((one) => toNewEvent(one as Event)),
    selectableField: coreEventField,
  },
};
