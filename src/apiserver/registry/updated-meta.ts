import type { FieldError } from '../../machinery/field-error.ts';
import type { KubeObject } from '../../machinery/object.ts';
import type { MetadataChecks, ResourceDefinition } from '../resource-definition.ts';
import {
  looseMetaErrors,
  objectMetaErrors,
  objectMetaUpdateErrors,
  standardFinalizerErrors,
} from './object-meta.ts';

/** What a check of the metadata of a kind is made of. */
const PARTS: Readonly<
  Record<MetadataChecks, { changes: boolean; finalizers: boolean; rules: number }>
> = {
  all: { changes: true, finalizers: true, rules: 1 },
  allTwice: { changes: true, finalizers: true, rules: 2 },
  changes: { changes: true, finalizers: true, rules: 0 },
  plainChanges: { changes: true, finalizers: false, rules: 0 },
  rules: { changes: false, finalizers: false, rules: 1 },
  rulesTwice: { changes: false, finalizers: false, rules: 2 },
  none: { changes: false, finalizers: false, rules: 0 },
};

/** checksOf answers what is repeated: as a rule a status is not checked by the rules of its kind again. */
function checksOf({ strategy }: ResourceDefinition, subresource: string): MetadataChecks {
  const { metadataOnUpdate = 'all', metadataOnStatusUpdate } = strategy ?? {};
  if (subresource !== 'status') return metadataOnUpdate;
  return (
    metadataOnStatusUpdate ?? (PARTS[metadataOnUpdate].rules > 0 ? 'changes' : metadataOnUpdate)
  );
}

/**
 * updatedMetaErrors checks the metadata of an object that is changed. Upstream does so for all kinds,
 * and more or less of it again for each: both are causes.
 */
export function updatedMetaErrors(
  definition: ResourceDefinition,
  { draft, old }: { readonly draft: KubeObject; readonly old: KubeObject },
  subresource: string,
): FieldError[] {
  const parts = PARTS[checksOf(definition, subresource)];
  const changed = objectMetaUpdateErrors(draft, old);
  const errors = [...looseMetaErrors(definition, draft), ...changed];
  if (parts.changes) errors.push(...changed);
  if (parts.finalizers && !definition.strategy?.plainFinalizers)
    errors.push(...standardFinalizerErrors(draft.metadata.finalizers ?? []));
  const rules = parts.rules > 0 ? objectMetaErrors(definition, draft) : [];
  return [...errors, ...rules, ...(parts.rules > 1 ? rules : [])];
}
