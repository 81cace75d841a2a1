import {
  duplicate,
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import { parsePrefix } from '../../../machinery/ip-prefix.ts';
import { labelKeyErrors, labelValueErrors } from '../../../machinery/names.ts';
import { legacyCidrErrors } from './ip-validation.ts';
import { validateAmount } from './resource-names.ts';
import type { Node, NodeAddress, Taint } from './types.ts';
import { texts } from './validation-rules.ts';

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

function validateTaint(taint: Taint, path: string): FieldError[] {
  const errors = texts(`${path}.key`, taint.key, labelKeyErrors(taint.key ?? ''));
  const value = taint.value ?? '';
  errors.push(...texts(`${path}.value`, value, labelValueErrors(value)));
  if (!taint.effect) errors.push(required(`${path}.effect`));
  else if (!EFFECTS.includes(taint.effect))
    errors.push(notSupported(`${path}.effect`, taint.effect, EFFECTS, 'as given'));
  return errors;
}

/** The duplicate as upstream's internal type prints it. */
function repeated(path: string, { key, value = '', effect, timeAdded }: Taint): FieldError {
  const printed = { Key: key, Value: value, Effect: effect, TimeAdded: timeAdded ?? null };
  const error = duplicate(path, printed);
  return { ...error, body: `${error.body}: taints must be unique by key and effect pair` };
}

function validateTaints(taints: readonly Taint[], path: string): FieldError[] {
  const seen = new Set<string>();
  return taints.flatMap((taint, index) => {
    const at = indexPath(path, index);
    const key = `${taint.effect}/${taint.key}`;
    const again = seen.has(key) ? [repeated(at, taint)] : [];
    seen.add(key);
    return [...validateTaint(taint, at), ...again];
  });
}

function validateAmounts(
  list: Readonly<Record<string, string>> | undefined,
  path: string,
): FieldError[] {
  return Object.entries(list ?? {}).flatMap(([name, text]) =>
    validateAmount(name, text, `${path}.${name}`),
  );
}

function validatePodCidrs(cidrs: readonly string[]): FieldError[] {
  const path = 'spec.podCIDRs';
  const errors = cidrs.flatMap((one, index) => legacyCidrErrors(indexPath(path, index), one));
  const families = cidrs.map((one) => parsePrefix(one)?.address.family);
  const isDual = cidrs.length === 2 && families[0] !== families[1];
  if (cidrs.length > 1 && !isDual) {
    const detail = 'may specify no more than one CIDR for each IP family';
    errors.push(invalid(path, cidrs, detail));
  }
  return errors;
}

function addressErrors(addresses: readonly NodeAddress[]): FieldError[] {
  const seen = new Set<string>();
  return addresses.flatMap(({ type, address }, index) => {
    const key = `${type}/${address}`;
    if (seen.has(key))
      return [duplicate(indexPath('status.addresses', index), { Type: type, Address: address })];
    seen.add(key);
    return [];
  });
}

function amountErrors({ status }: Node): FieldError[] {
  return [
    ...validateAmounts(status?.capacity, 'status.capacity'),
    ...validateAmounts(status?.allocatable, 'status.allocatable'),
  ];
}

/** validateNodeStatus checks the amounts and addresses that a node reports. */
export function validateNodeStatus(node: Node): FieldError[] {
  return [...amountErrors(node), ...addressErrors(node.status?.addresses ?? [])];
}

/** swapErrors: upstream names a field that is not there. */
function swapErrors({ status }: Node): FieldError[] {
  const capacity = status?.nodeInfo?.swap?.capacity;
  if (capacity === undefined || capacity > 0) return [];
  return [invalid('metadata.nodeSwapStatus.capacity', capacity, 'must be greater than zero')];
}

/** nodeWarnings names what nothing uses any more. */
export function nodeWarnings({ spec }: Node): string[] {
  if (!spec?.externalID) return [];
  return ['spec.externalID: this field is deprecated, and is unused by Kubernetes'];
}

/** validateNode checks taints, amounts and the ranges of the pods of a node; as upstream, not yet its own addresses. */
export function validateNode(node: Node): FieldError[] {
  return [
    ...validateTaints(node.spec?.taints ?? [], 'metadata.taints'),
    ...amountErrors(node),
    ...swapErrors(node),
    ...validatePodCidrs(node.spec?.podCIDRs ?? []),
  ];
}

/** validateNodeUpdate checks that an identity that was given to a node stays. */
export function validateNodeUpdate(node: Node, old: Node): FieldError[] {
  const changed = (name: 'podCIDR' | 'providerID') =>
    old.spec?.[name] && node.spec?.[name] !== old.spec[name];
  // Upstream looks at the taints again here: their causes are given twice.
  const errors = [
    ...addressErrors(node.status?.addresses ?? []),
    ...validateTaints(node.spec?.taints ?? [], 'metadata.taints'),
  ];
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
  if ((node.spec?.externalID ?? '') !== (old.spec?.externalID ?? ''))
    errors.push(forbidden('spec.externalID', 'may not be updated'));
  return errors;
}
