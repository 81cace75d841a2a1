import { EVENT_COLUMNS } from '../../apis/core/v1/columns.ts';
import { defaultEvent } from '../../apis/core/v1/defaults.ts';
import type { Event } from '../../apis/core/v1/types.ts';
import { validateEvent } from '../../apis/core/v1/validation.ts';
import { EVENTS } from '../../apis/resource-types.ts';
import type { ResourceDefinition } from '../../apiserver/resource-definition.ts';

function selectableFields(event: Event): Record<string, string> {
  const { involvedObject: about = {}, source, reportingComponent = '' } = event;
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

/** eventDefinition declares events. */
export const eventDefinition: ResourceDefinition<Event> = {
  type: EVENTS,
  definition: 'io.k8s.api.core.v1.Event',
  shortNames: ['ev'],
  columns: EVENT_COLUMNS,
  strategy: {
    allowCreateOnUpdate: true,
    defaults: defaultEvent,
    validate: validateEvent,
    selectableFields,
  },
};
