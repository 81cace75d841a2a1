import type { Event } from '../../apis/core/v1/types.ts';
import type { KubeObject } from '../../machinery/object.ts';
import { KUBE_DESCRIBE_LAYOUT } from '../print/tab-writer.ts';
import { pairs, Text } from './describer.ts';
import { writeEvents } from './events.ts';
import { annotationLines } from './pod.ts';

function title(key: string): string {
  if (key === 'uid') return 'UID';
  const words = key
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function write(
  value: object,
  depth: number,
  text: Text,
  skip: ReadonlySet<string> = new Set(),
): void {
  const pad = '  '.repeat(depth);
  for (const [key, inner] of Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (skip.has(key)) continue;
    if (Array.isArray(inner)) {
      text.line(`${pad}${title(key)}:`);
      for (const item of inner)
        if (typeof item === 'object' && item !== null) write(item, depth + 1, text);
        else text.line(`${pad}  ${item}`);
    } else if (typeof inner === 'object' && inner !== null) {
      text.line(`${pad}${title(key)}:`);
      write(inner, depth + 1, text);
    } else text.line(`${pad}${title(key)}:\t${inner}`);
  }
}

const KNOWN = new Set(['apiVersion', 'kind', 'metadata']);
const METADATA = new Set(['name', 'namespace', 'labels', 'annotations', 'managedFields']);

/** describeGeneric describes an object of any kind field by field, as kubectl does for unknown ones. */
export function describeGeneric(object: KubeObject, events: readonly Event[], now: Date): string {
  const { metadata } = object;
  const text = new Text(KUBE_DESCRIBE_LAYOUT)
    .field('Name', metadata.name ?? '')
    .field('Namespace', metadata.namespace ?? '')
    .field('Labels', ...pairs(metadata.labels))
    .field('Annotations', ...annotationLines(metadata.annotations))
    .field('API Version', object.apiVersion)
    .field('Kind', object.kind)
    .line('Metadata:');
  write(metadata, 1, text, METADATA);
  write(object, 0, text, KNOWN);
  writeEvents(events, now, text);
  return text.format();
}
