import {
  duplicate,
  type FieldError,
  invalid,
  notSupported,
  required,
} from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import { familyOf } from '../../../machinery/ip-prefix.ts';
import { legacyAddressErrors } from './ip-validation.ts';
import type { ServiceSpec } from './types.ts';

const FAMILIES = ['IPv4', 'IPv6'];
const POLICIES = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];
const ADDRESSES = 'spec.clusterIPs';
const ONCE = 'may not change once set';

/** isHeadless tells whether a service has no address of its own by its own wish. */
export function isHeadless(spec: ServiceSpec): boolean {
  return spec.clusterIPs?.length === 1 && spec.clusterIPs[0] === 'None';
}

/**
 * serviceAddressErrors checks what a service says of its addresses and their families, whatever the
 * cluster has (`ValidateServiceClusterIPsRelatedFields`). Addresses that it had before may stay.
 */
export function serviceAddressErrors(spec: ServiceSpec, before?: ServiceSpec): FieldError[] {
  if (spec.type === 'ExternalName') return [];
  const { clusterIPs = [] } = spec;
  const written = writtenErrors(clusterIPs, before?.clusterIPs ?? []);
  const errors = [...agreementErrors(spec), ...familyErrors(spec), ...written];
  if (clusterIPs.length > 2) {
    errors.push(invalid(ADDRESSES, clusterIPs, 'may only hold up to 2 values'));
  }
  // Errors of what is below would be misleading.
  if (written.length > 0) return errors;
  if (clusterIPs.length > 1 && !isDualStack(clusterIPs)) {
    const text = 'may specify no more than one IP for each IP family';
    errors.push(invalid(ADDRESSES, clusterIPs, text));
  }
  return isHeadless(spec) ? errors : [...errors, ...mismatchErrors(spec)];
}

/** The field of one address must say the same as the first of the list. */
function agreementErrors({ clusterIP = '', clusterIPs = [] }: ServiceSpec): FieldError[] {
  if (clusterIP === '') {
    if (clusterIPs.length === 0) return [];
    const text = 'must be empty when `clusterIP` is not specified';
    return [invalid(ADDRESSES, clusterIPs, text)];
  }
  if (clusterIPs.length === 0) return [required(ADDRESSES)];
  if (clusterIPs[0] === clusterIP) return [];
  return [invalid(ADDRESSES, clusterIPs, 'first value must match `clusterIP`')];
}

function familyErrors({ ipFamilies = [], ipFamilyPolicy }: ServiceSpec): FieldError[] {
  const errors: FieldError[] = [];
  for (const [index, family] of ipFamilies.entries()) {
    const path = indexPath('spec.ipFamilies', index);
    if (!FAMILIES.includes(family)) errors.push(notSupported(path, family, FAMILIES));
    if (ipFamilies.indexOf(family) < index) errors.push(duplicate(path, family));
  }
  if (ipFamilyPolicy !== undefined && !POLICIES.includes(ipFamilyPolicy)) {
    errors.push(notSupported('spec.ipFamilyPolicy', ipFamilyPolicy, POLICIES));
  }
  return errors;
}

function writtenErrors(addresses: readonly string[], before: readonly string[]): FieldError[] {
  return addresses.flatMap((address, index) => {
    if (index === 0 && address === 'None') {
      if (addresses.length === 1) return [];
      return [invalid(ADDRESSES, addresses, "'None' must be the first and only value")];
    }
    if (before.includes(address)) return [];
    return legacyAddressErrors(indexPath(ADDRESSES, index), address);
  });
}

function isDualStack(addresses: readonly string[]): boolean {
  return new Set(addresses.map(familyOf)).size > 1;
}

function mismatchErrors({ clusterIPs = [], ipFamilies = [] }: ServiceSpec): FieldError[] {
  return clusterIPs.flatMap((address, index) => {
    const wanted = ipFamilies[index] ?? '';
    if (!FAMILIES.includes(wanted) || wanted === familyOf(address)) return [];
    const text = `expected an ${wanted} value as indicated by \`ipFamilies[${index}]\``;
    return [invalid(indexPath(ADDRESSES, index), address, text)];
  });
}

/** addressChangeErrors checks that addresses and families, once given, stay, but for a second one. */
export function addressChangeErrors(spec: ServiceSpec, before: ServiceSpec): FieldError[] {
  if (spec.type === 'ExternalName' || before.type === 'ExternalName') return [];
  const [isNow, was] = [isHeadless(spec), isHeadless(before)];
  if (isNow && was) return [];
  const errors = addressesChanged(spec, before);
  return isNow === was ? [...errors, ...familiesChanged(spec, before)] : errors;
}

function addressesChanged(spec: ServiceSpec, before: ServiceSpec): FieldError[] {
  const [now = [], then = []] = [spec.clusterIPs, before.clusterIPs];
  const changed = (index: number) => invalid(indexPath(ADDRESSES, index), now, ONCE);
  if (now.length === then.length) {
    return then.flatMap((address, index) => (address === now[index] ? [] : [changed(index)]));
  }
  const errors: FieldError[] = [];
  if (now.length === 0) {
    errors.push(invalid(indexPath(ADDRESSES, 0), now, 'primary clusterIP can not be unset'));
  } else if (then.length > 0 && now[0] !== then[0]) {
    errors.push(changed(0));
  }
  if (now.length === 1) errors.push(...releaseErrors(spec, then, 'clusterIP'));
  return errors;
}

function familiesChanged(spec: ServiceSpec, before: ServiceSpec): FieldError[] {
  const [now = [], then = []] = [spec.ipFamilies, before.ipFamilies];
  const path = 'spec.ipFamilies[0]';
  if (now.length === then.length) {
    return then.flatMap((family, index) =>
      family === now[index] ? [] : [invalid(path, now, ONCE)],
    );
  }
  const errors: FieldError[] = [];
  if (then.length > now.length && (spec.clusterIPs ?? []).length === 0) {
    errors.push(invalid(path, now, 'primary ipFamily can not be unset'));
  }
  if (now.length > 0 && then.length > 0 && now[0] !== then[0]) {
    // Upstream shows the addresses here.
    errors.push(invalid(path, spec.clusterIPs ?? [], ONCE));
  }
  if (now.length === 1) errors.push(...releaseErrors(spec, then, 'ipFamily'));
  return errors;
}

/** Who gives up the second of two must say so. */
function releaseErrors(spec: ServiceSpec, then: readonly string[], what: string): FieldError[] {
  const policy = spec.ipFamilyPolicy;
  if (then.length < 2 || policy === 'SingleStack') return [];
  const text = `must be set to 'SingleStack' when releasing the secondary ${what}`;
  return [invalid('spec.ipFamilyPolicy', policy, text)];
}
