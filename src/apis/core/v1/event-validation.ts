import { semanticEqual } from '../../../machinery/deep-equal.ts';
import { type FieldError, invalid, required } from '../../../machinery/field-error.ts';
import { labelKeyErrors } from '../../../machinery/names.ts';
import { internalForm } from '../../schema/index.ts';
import type { Event } from './types.ts';
import { immutable, texts } from './validation-rules.ts';

const MAX_LENGTHS = { reportingInstance: 128, action: 128, reason: 128, message: 1024 } as const;
const CLUSTER_NAMESPACES = ['default', 'kube-system'];

function namespaceErrors(event: Event): FieldError[] {
  const about = event.involvedObject?.namespace ?? '';
  const { namespace = '' } = event.metadata;
  const fits = event.eventTime
    ? about !== '' || CLUSTER_NAMESPACES.includes(namespace)
    : about === namespace || (about === '' && namespace === 'default');
  if (fits) return [];
  return [invalid('involvedObject.namespace', about, 'does not match event.namespace')];
}

/** eventErrors checks an event; one with an eventTime also for what reporters must say. */
export function eventErrors(event: Event, controllerField = 'reportingComponent'): FieldError[] {
  const errors = namespaceErrors(event);
  if (!event.eventTime) return errors;
  const { reportingComponent: controller = '' } = event;
  if (controller === '') errors.push(required(controllerField));
  errors.push(...texts(controllerField, controller, labelKeyErrors(controller)));
  for (const field of ['reportingInstance', 'action', 'reason', 'message'] as const) {
    const text = event[field] ?? '';
    if (text === '' && field !== 'message') errors.push(required(field));
    const most = MAX_LENGTHS[field];
    if (text.length > most) errors.push(invalid(field, '', `can have at most ${most} characters`));
  }
  return errors;
}

function seriesErrors({ series }: Event): FieldError[] {
  if (!series) return [];
  const errors: FieldError[] = [];
  if ((series.count ?? 0) < 2) errors.push(invalid('series.count', '', 'should be at least 2'));
  if (!series.lastObservedTime) errors.push(required('series.lastObservedTime'));
  return errors;
}

/** newEventErrors checks what the newer API demands of an event that is made. */
export function newEventErrors(event: Event): FieldError[] {
  const { type = '', source } = event;
  const unset = (field: string, value: unknown) =>
    value ? [invalid(field, '', 'needs to be unset')] : [];
  const errors = seriesErrors(event);
  if (!event.eventTime) errors.push(required('eventTime'));
  if (type !== 'Normal' && type !== 'Warning')
    errors.push(invalid('type', '', `has invalid value: ${type}`));
  return [
    ...errors,
    ...unset('firstTimestamp', event.firstTimestamp),
    ...unset('lastTimestamp', event.lastTimestamp),
    ...unset('count', event.count),
    ...unset('source', source?.component || source?.host),
  ];
}

const FIXED = [
  'reason',
  'message',
  'source',
  'firstTimestamp',
  'lastTimestamp',
  'count',
  'reason',
  'type',
  'eventTime',
  'action',
] as const;

/** What upstream shows of a field that is absent, where that is not null. */
const ZEROS: Readonly<Partial<Record<(typeof FIXED)[number], unknown>>> = {
  reason: '',
  message: '',
  count: 0,
  type: '',
  action: '',
};

function shown(event: Event, field: (typeof FIXED)[number]): unknown {
  if (field === 'source') return internalForm('core.EventSource', event.source ?? {});
  return event[field] ?? ZEROS[field];
}

/** newEventUpdateErrors keeps what the newer API says cannot change: all but the series. */
export function newEventUpdateErrors(event: Event, old: Event): FieldError[] {
  const errors = semanticEqual(event.series, old.series) ? [] : seriesErrors(event);
  const about = (one: Event) => internalForm('core.ObjectReference', one.involvedObject ?? {});
  errors.push(...immutable('involvedObject', about(event), about(old)));
  for (const field of FIXED)
    errors.push(...immutable(field, shown(event, field), shown(old, field)));
  const related = (one: Event) => one.related && internalForm('core.ObjectReference', one.related);
  return [
    ...errors,
    ...immutable('related', related(event), related(old)),
    ...immutable('reportingController', event.reportingComponent, old.reportingComponent),
    ...immutable('reportingInstance', event.reportingInstance, old.reportingInstance),
  ];
}
