import { deepEqual } from '../../../machinery/deep-equal.ts';
import {
  duplicate,
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
  tooLong,
} from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import { labelKeyErrors } from '../../../machinery/names.ts';
import { deprecatedNodeLabel } from '../../core/v1/node-label-warnings.ts';
import type {
  TopologySelectorLabelRequirement,
  TopologySelectorTerm,
} from '../../core/v1/types.ts';
import { immutable, texts } from '../../core/v1/validation-rules.ts';
import type { StorageClass, VolumeAttributesClass } from './types.ts';

const MAX_PARAMETERS = 512;
const MAX_PARAMETERS_BYTES = 256 * 1024;
const RECLAIM_POLICIES = ['Delete', 'Retain'];
const BINDING_MODES = ['Immediate', 'WaitForFirstConsumer'];

function provisionerErrors(path: string, name: string): FieldError[] {
  if (name === '') return [required(path)];
  const lower = name.toLowerCase();
  return texts(path, lower, labelKeyErrors(lower));
}

function parameterErrors(parameters: Readonly<Record<string, string>>): FieldError[] {
  const entries = Object.entries(parameters);
  if (entries.length > MAX_PARAMETERS) return [tooLong('parameters', MAX_PARAMETERS)];
  const errors = entries
    .filter(([key]) => key === '')
    .map(([key]) => invalid('parameters', key, 'field can not be empty.'));
  const size = entries.reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  if (size > MAX_PARAMETERS_BYTES) errors.push(tooLong('parameters', MAX_PARAMETERS_BYTES));
  return errors;
}

function requirementErrors(one: TopologySelectorLabelRequirement, path: string): FieldError[] {
  const { key = '', values = [] } = one;
  return [
    ...(values.length === 0 ? [required(`${path}.values`)] : []),
    ...values.flatMap((value, index) =>
      values.indexOf(value) < index ? [duplicate(indexPath(`${path}.values`, index), value)] : [],
    ),
    ...texts(`${path}.key`, key, labelKeyErrors(key)),
  ];
}

function termKey({ matchLabelExpressions = [] }: TopologySelectorTerm): string {
  const pairs = matchLabelExpressions.map(({ key, values = [] }) => [key, [...values].sort()]);
  return JSON.stringify(pairs.sort());
}

function topologyErrors(terms: readonly TopologySelectorTerm[]): FieldError[] {
  const seen = new Set<string>();
  return terms.flatMap((term, index) => {
    const path = `${indexPath('allowedTopologies', index)}.matchLabelExpressions`;
    const keys = new Set<string>();
    const errors: FieldError[] = [];
    for (const [position, one] of (term.matchLabelExpressions ?? []).entries()) {
      const at = indexPath(path, position);
      errors.push(...requirementErrors(one, at));
      if (keys.has(one.key)) errors.push(duplicate(`${at}.key`, one.key));
      keys.add(one.key);
    }
    const key = termKey(term);
    // A term that says nothing counts as a second one.
    if (seen.has(key) || keys.size === 0) errors.push(duplicate(path, ''));
    seen.add(key);
    return errors;
  });
}

/** validateStorageClass checks a class of storage. */
export function validateStorageClass(storageClass: StorageClass): FieldError[] {
  const { provisioner = '', reclaimPolicy, volumeBindingMode } = storageClass;
  const errors = [
    ...provisionerErrors('provisioner', provisioner),
    ...parameterErrors(storageClass.parameters ?? {}),
  ];
  if (reclaimPolicy && !RECLAIM_POLICIES.includes(reclaimPolicy))
    errors.push(notSupported('reclaimPolicy', reclaimPolicy, RECLAIM_POLICIES));
  if (!BINDING_MODES.includes(volumeBindingMode ?? ''))
    errors.push(notSupported('volumeBindingMode', volumeBindingMode ?? '', BINDING_MODES));
  return [...errors, ...topologyErrors(storageClass.allowedTopologies ?? [])];
}

function unchanged(field: 'parameters' | 'provisioner' | 'reclaimPolicy' | 'driverName') {
  return (one: object, old: object): FieldError[] => {
    const [now, then] = [one, old].map((object) => (object as Record<string, unknown>)[field]);
    return deepEqual(now, then) ? [] : [forbidden(field, `updates to ${field} are forbidden.`)];
  };
}

/** validateStorageClassUpdate keeps what volumes were made with. */
export function validateStorageClassUpdate(one: StorageClass, old: StorageClass): FieldError[] {
  return [
    ...unchanged('parameters')(one, old),
    ...unchanged('provisioner')(one, old),
    ...unchanged('reclaimPolicy')(one, old),
    ...immutable('volumeBindingMode', one.volumeBindingMode, old.volumeBindingMode),
  ];
}

/** storageClassWarnings names labels of nodes that are not used any more. */
export function storageClassWarnings({ allowedTopologies = [] }: StorageClass): string[] {
  return allowedTopologies.flatMap(({ matchLabelExpressions = [] }, index) =>
    matchLabelExpressions.flatMap(({ key }, position) => {
      const text = deprecatedNodeLabel(key);
      const path = `${indexPath('allowedTopologies', index)}.matchLabelExpressions`;
      return text === undefined ? [] : [`${indexPath(path, position)}.key: ${text}`];
    }),
  );
}

/** validateVolumeAttributesClass checks a class of attributes of volumes. */
export function validateVolumeAttributesClass(one: VolumeAttributesClass): FieldError[] {
  const parameters = one.parameters ?? {};
  const errors = [
    ...provisionerErrors('driverName', one.driverName ?? ''),
    ...parameterErrors(parameters),
  ];
  if (Object.keys(parameters).length === 0)
    errors.push(required('parameters', 'must contain at least one key/value pair'));
  return errors;
}

/** validateVolumeAttributesClassUpdate keeps everything but metadata. */
export function validateVolumeAttributesClassUpdate(
  one: VolumeAttributesClass,
  old: VolumeAttributesClass,
): FieldError[] {
  return [
    ...unchanged('driverName')(one, old),
    ...unchanged('parameters')(one, old),
    ...validateVolumeAttributesClass(one),
  ];
}
