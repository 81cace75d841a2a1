import {
  duplicate,
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../../machinery/field-error.ts';
import { indexPath, keyPath } from '../../../machinery/field-path.ts';
import { labelKeyErrors, labelValueErrors } from '../../../machinery/names.ts';
import { isQuantity } from '../../../machinery/quantity.ts';
import { isNegative } from './resource-list.ts';
import type { Node, Taint } from './types.ts';
import { texts } from './validation-rules.ts';

const EFFECTS = ['NoExecute', 'NoSchedule', 'PreferNoSchedule'];

function validateTaint(taint: Taint, path: string): FieldError[] {
  const errors = texts(`${path}.key`, taint.key, labelKeyErrors(taint.key ?? ''));
  const value = taint.value ?? '';
  errors.push(...texts(`${path}.value`, value, labelValueErrors(value)));
  if (!taint.effect) errors.push(required(`${path}.effect`));
  else if (!EFFECTS.includes(taint.effect))
    errors.push(notSupported(`${path}.effect`, taint.effect, EFFECTS));
  return errors;
}

function validateTaints(taints: readonly Taint[], path: string): FieldError[] {
  const seen = new Set<string>();
  return taints.flatMap((taint, index) => {
    const at = indexPath(path, index);
    const key = `${taint.effect}/${taint.key}`;
    const again = seen.has(key) ? [duplicate(at, taint)] : [];
    seen.add(key);
    return [...validateTaint(taint, at), ...again];
  });
}

/** validateNode checks taints and amounts of a node. */
export function validateNode(node: Node): FieldError[] {
  const errors = validateTaints(node.spec?.taints ?? [], 'metadata.taints');
  for (const [name, text] of Object.entries(node.status?.capacity ?? {})) {
    if (isQuantity(text) && isNegative(text)) {
      const path = keyPath('status.capacity', name);
      errors.push(invalid(path, text, 'must be greater than or equal to 0'));
    }
  }
  return errors;
}

/** validateNodeUpdate checks that an identity that was given to a node stays. */
export function validateNodeUpdate(node: Node, old: Node): FieldError[] {
  const changed = (name: 'podCIDR' | 'providerID') =>
    old.spec?.[name] && node.spec?.[name] !== old.spec[name];
  const errors: FieldError[] = [];
  if (changed('podCIDR'))
    errors.push(
      forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid'),
    );
  if (changed('providerID'))
    errors.push(
      forbidden(
        'spec.providerID',
        'node updates may not change providerID except from "" to valid',
      ),
    );
  return errors;
}
