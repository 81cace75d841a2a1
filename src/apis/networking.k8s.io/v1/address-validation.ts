import { deepEqual } from '../../../machinery/deep-equal.ts';
import { type FieldError, invalid, required } from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import { parsePrefix } from '../../../machinery/ip-prefix.ts';
import { dnsSubdomainErrors, pathSegmentErrors } from '../../../machinery/names.ts';
import { strictCidrErrors } from '../../core/v1/ip-validation.ts';
import { texts } from '../../core/v1/validation-rules.ts';
import type { IPAddress, ParentReference, ServiceCIDR } from './types.ts';

const IMMUTABLE = 'field is immutable';

/** validateIPAddress checks whom an address belongs to. */
export function validateIPAddress({ spec }: IPAddress): FieldError[] {
  const parent = spec?.parentRef;
  if (parent === undefined) return [required('spec.parentRef')];
  const path = 'spec.parentRef';
  const { group = '', resource = '', name = '', namespace = '' } = parent;
  const segment = (field: string, value: string) =>
    value === '' ? [required(field)] : texts(field, value, pathSegmentErrors(value));
  return [
    ...(group === '' ? [] : texts(`${path}.group`, group, dnsSubdomainErrors(group))),
    ...segment(`${path}.resource`, resource),
    ...segment(`${path}.name`, name),
    ...texts(`${path}.namespace`, namespace, pathSegmentErrors(namespace)),
  ];
}

/** The reference as upstream's internal type prints it. */
function printedParent(parent: ParentReference | undefined) {
  if (parent === undefined) return null;
  const { group = '', resource = '', namespace = '', name = '' } = parent;
  return { Group: group, Resource: resource, Namespace: namespace, Name: name };
}

/** validateIPAddressUpdate keeps whom an address belongs to. */
export function validateIPAddressUpdate(one: IPAddress, old: IPAddress): FieldError[] {
  const [now, then] = [one.spec?.parentRef, old.spec?.parentRef];
  return deepEqual(now, then) ? [] : [invalid('spec.parentRef', printedParent(now), IMMUTABLE)];
}

/** validateServiceCIDR checks the ranges of addresses for services: one of each family at most. */
export function validateServiceCIDR({ spec = {} }: ServiceCIDR): FieldError[] {
  const { cidrs = [] } = spec;
  const path = 'spec.cidrs';
  if (cidrs.length === 0) return [required(path, 'at least one CIDR required')];
  if (cidrs.length > 2) return [invalid(path, { CIDRs: cidrs }, 'may only hold up to 2 values')];
  const errors = cidrs.flatMap((one, index) => strictCidrErrors(indexPath(path, index), one));
  const [first, second] = cidrs.map((one) => parsePrefix(one)?.address.family);
  if (first !== undefined && first === second) {
    const detail =
      'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64';
    errors.push(invalid(path, cidrs, detail));
  }
  return errors;
}

/** validateServiceCIDRUpdate lets a range of the other family be added, and nothing else change. */
export function validateServiceCIDRUpdate(one: ServiceCIDR, old: ServiceCIDR): FieldError[] {
  const [now, then] = [one.spec?.cidrs ?? [], old.spec?.cidrs ?? []];
  const changed = then.flatMap((before, index) =>
    before === now[index]
      ? []
      : [invalid(indexPath('spec.cidrs', index), now[index] ?? '', IMMUTABLE)],
  );
  if (now.length === then.length) return changed;
  if (then.length === 1 && now.length === 2) return [...changed, ...validateServiceCIDR(one)];
  return [invalid('spec.cidrs', one.spec?.cidrs ?? null, IMMUTABLE)];
}
