import { type FieldSelector, matchesFields, parseFieldSelector } from '../machinery/fields.ts';
import { matchesLabels, parseSelector, type Selector, SelectorError } from '../machinery/labels.ts';
import type { KubeObject } from '../machinery/object.ts';
import { newBadRequest, type StatusError } from '../machinery/status-error.ts';
import type { StorageListOptions } from './resource-definition.ts';

const NAMES: ReadonlySet<string> = new Set(['metadata.name', 'metadata.namespace']);

/** newUnknownField: 400 for a field by which what has only its name to select by is asked for. */
export function newUnknownField(field: string): StatusError {
  return newBadRequest(
    `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`,
  );
}

type Selectors = Pick<StorageListOptions, 'labelSelector' | 'fieldSelector'>;

/** parseSelectors reads the selectors of a list or watch. Throws 400. */
export function parseSelectors({ labelSelector, fieldSelector }: Selectors): {
  readonly labels: Selector;
  readonly fields: FieldSelector;
} {
  try {
    return { labels: parseSelector(labelSelector), fields: parseFieldSelector(fieldSelector) };
  } catch (error) {
    if (!(error instanceof SelectorError)) throw error;
    throw newBadRequest(error.message, error);
  }
}

/**
 * nameSelection tells which objects of a computed list are asked for, by labels and by the two
 * fields that every resource has. Throws 400 for a selector that cannot be read and for other
 * fields.
 */
export function nameSelection(options: Selectors): (object: KubeObject) => boolean {
  const { labels, fields } = parseSelectors(options);
  const unknown = fields.find(({ field }) => !NAMES.has(field));
  if (unknown) throw newUnknownField(unknown.field);
  return ({ metadata }) => {
    const { name = '', namespace = '' } = metadata;
    return (
      matchesLabels(labels, metadata.labels ?? {}) &&
      matchesFields(fields, { 'metadata.name': name, 'metadata.namespace': namespace })
    );
  };
}
