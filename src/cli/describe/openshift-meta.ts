import type { KubeObject } from '../../machinery/object.ts';
import { relativeAge } from '../../machinery/relative-time.ts';
import { pairs, Text } from './describer.ts';

/** openshiftHead begins the description of an OpenShift kind. */
export function openshiftHead({ metadata }: KubeObject, now: Date): Text {
  const text = new Text().field('Name', metadata.name ?? '');
  if (metadata.namespace) text.field('Namespace', metadata.namespace);
  return text
    .field('Created', relativeAge(metadata.creationTimestamp, now))
    .field('Labels', ...pairs(metadata.labels))
    .field('Annotations', ...pairs(metadata.annotations));
}

/** orNone is a value, or `<none>`. */
export function orNone(value: string | number | undefined): string | number {
  return value === undefined || value === '' ? '<none>' : value;
}
