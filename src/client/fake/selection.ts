import { getAt } from '../../machinery/field-path.ts';
import { type FieldSelector, parseFieldSelector } from '../../machinery/fields.ts';
import { matchesLabels, parseSelector, type Selector } from '../../machinery/labels.ts';
import type { KubeObject } from '../../machinery/object.ts';
import type { ListQuery } from '../client.ts';

/** Selection decides which objects of a collection a list or watch shows. */
export type Selection = (object: KubeObject | undefined) => boolean;

/** selectionOf reads the namespace and selectors of a query; any field path can be selected by. */
export function selectionOf(query: ListQuery): Selection {
  const labels = parseSelector(query.labelSelector ?? '');
  const fields = parseFieldSelector(query.fieldSelector ?? '');
  return (object) => object !== undefined && matches(object, query.namespace, labels, fields);
}

function matches(
  object: KubeObject,
  namespace: string | undefined,
  labels: Selector,
  fields: FieldSelector,
): boolean {
  if (namespace && object.metadata.namespace !== namespace) return false;
  if (!matchesLabels(labels, object.metadata.labels)) return false;
  return fields.every(({ field, equal, value }) => {
    const actual = getAt(object, field);
    return (String(actual ?? '') === value) === equal;
  });
}
