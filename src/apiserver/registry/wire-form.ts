import {
  definitionOfKind,
  goForm,
  hasDefinition,
  schemaOf,
  storedGoForm,
} from '../../apis/schema/index.ts';
import { sortedKeys } from '../../machinery/go-json.ts';
import type { KubeObject } from '../../machinery/object.ts';
import type { ResourceDefinition } from '../resource-definition.ts';

/**
 * wireForm brings a valid object into the form in which upstream stores and answers it: the built-in
 * kinds as their Go structs are written, custom ones with sorted keys, but for their metadata. The object is not changed.
 */
export function wireForm(definition: ResourceDefinition, object: KubeObject): KubeObject {
  if (definition.structure) return customForm(object);
  if (!hasDefinition(definition.definition)) return object;
  return storedGoForm(schemaOf(definition.definition), object);
}

/** computedForm does the same for an answer that was computed, where the catalogue has its kind. */
export function computedForm<T extends { readonly apiVersion?: string; readonly kind?: string }>(
  value: T,
): T {
  const definition = definitionOfKind(value.apiVersion ?? '', value.kind ?? '');
  return definition === undefined ? value : goForm(schemaOf(definition), value);
}

const META = schemaOf('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta');

function customForm(object: KubeObject): KubeObject {
  const metadata = goForm(META, object.metadata);
  const sorted = sortedKeys(object);
  return sorted.metadata === metadata ? sorted : { ...sorted, metadata };
}
