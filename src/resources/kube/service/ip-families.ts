import {
  isHeadless,
  serviceAddressErrors,
} from '../../../apis/core/v1/service-address-validation.ts';
import type { Service, ServiceSpec } from '../../../apis/core/v1/types.ts';
import { deepEqual } from '../../../machinery/deep-equal.ts';
import { type FieldError, invalid } from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import { familyOf } from '../../../machinery/ip-prefix.ts';
import { newInvalid } from '../../../machinery/status-error.ts';

/** The only family of addresses that services get here. */
const FAMILY = 'IPv4';
const POLICY = 'spec.ipFamilyPolicy';
const FOR_TWO = "must be 'RequireDualStack' or 'PreferDualStack' when multiple";

const lengthOf = (list: readonly string[] | undefined) => list?.length ?? 0;

/**
 * setFamilies fills the families of a service's addresses and their policy, as upstream does on a
 * cluster that has IPv4 only. Throws a 422 of what cannot be had.
 */
export function setFamilies(service: Service, before?: ServiceSpec): void {
  const { spec } = service;
  if (spec === undefined || spec.type === 'ExternalName' || staysPreferred(spec, before)) return;
  spec.ipFamilyPolicy ??= before?.ipFamilyPolicy ?? defaultPolicy(spec);
  refuse(service, serviceAddressErrors(spec, before));
  const changes = before ? shrink(spec, before) : [];
  refuse(service, [...changes, ...policyErrors(spec), ...inferFamilies(spec)]);
  if (!isFree(spec)) refuse(service, missingErrors(spec));
  if (lengthOf(spec.ipFamilies) === 0) spec.ipFamilies = [FAMILY];
  if (!isFree(spec) || spec.ipFamilyPolicy === 'SingleStack') return;
  const [first, second] = spec.ipFamilies ?? [];
  if (first && !second) spec.ipFamilies = [first, first === FAMILY ? 'IPv6' : FAMILY];
}

/** True of a service without address and selector: it may name families that the cluster has not. */
function isFree(spec: ServiceSpec): boolean {
  return spec.clusterIP === 'None' && Object.keys(spec.selector ?? {}).length === 0;
}

function defaultPolicy(spec: ServiceSpec): string {
  return isFree(spec) ? 'RequireDualStack' : 'SingleStack';
}

/** What prefers two families stays as it is until somebody asks for something else. */
function staysPreferred(spec: ServiceSpec, before: ServiceSpec | undefined): boolean {
  if (!before || spec.type !== before.type) return false;
  if (spec.ipFamilyPolicy !== 'PreferDualStack') return false;
  return (
    (before.ipFamilyPolicy ?? 'PreferDualStack') === 'PreferDualStack' &&
    spec.clusterIP === before.clusterIP &&
    deepEqual(spec.clusterIPs, before.clusterIPs) &&
    deepEqual(spec.ipFamilies, before.ipFamilies)
  );
}

function refuse({ metadata }: Service, errors: readonly FieldError[]): void {
  if (errors.length === 0) return;
  throw newInvalid({ group: '', kind: 'Service' }, metadata.name ?? '', errors);
}

/** Who goes back to one family keeps the first; who only leaves out the second must say so. */
function shrink(spec: ServiceSpec, before: ServiceSpec): FieldError[] {
  const policy = spec.ipFamilyPolicy;
  if (policy === 'SingleStack') {
    const isSame = spec.clusterIP === before.clusterIP;
    if (isSame && deepEqual(spec.clusterIPs, before.clusterIPs)) {
      spec.clusterIPs = spec.clusterIPs?.slice(0, 1);
    }
    if (deepEqual(spec.ipFamilies, before.ipFamilies)) {
      spec.ipFamilies = spec.ipFamilies?.slice(0, 1);
    }
    return [];
  }
  const isLess = (now: readonly string[] | undefined, then: readonly string[] | undefined) =>
    lengthOf(now) > 0 && lengthOf(now) < lengthOf(then);
  const errors: FieldError[] = [];
  const demand = (what: string) =>
    errors.push(invalid(POLICY, policy, `must be 'SingleStack' to release the secondary ${what}`));
  if (isLess(spec.clusterIPs, before.clusterIPs)) demand('cluster IP');
  if (isLess(spec.ipFamilies, before.ipFamilies)) demand('IP family');
  return errors;
}

function policyErrors({ ipFamilyPolicy, clusterIPs, ipFamilies }: ServiceSpec): FieldError[] {
  if (ipFamilyPolicy !== 'SingleStack') return [];
  const errors: FieldError[] = [];
  const demand = (what: string) =>
    errors.push(invalid(POLICY, ipFamilyPolicy, `${FOR_TWO} ${what} are specified`));
  if (lengthOf(clusterIPs) === 2) demand('cluster IPs');
  if (lengthOf(ipFamilies) === 2) demand('IP families');
  return errors;
}

/** Families that are not named are those of the addresses. */
function inferFamilies(spec: ServiceSpec): FieldError[] {
  const { clusterIPs = [] } = spec;
  const errors: FieldError[] = [];
  if (isHeadless(spec)) return errors;
  for (const [index, address] of clusterIPs.entries()) {
    if (index < lengthOf(spec.ipFamilies)) continue;
    const family = familyOf(address);
    if (family === FAMILY) spec.ipFamilies = [...(spec.ipFamilies ?? []), family];
    else {
      const text = `${family} is not configured on this cluster`;
      errors.push(invalid(indexPath('spec.clusterIPs', index), clusterIPs, text));
    }
  }
  return errors;
}

function missingErrors({ ipFamilyPolicy, ipFamilies = [] }: ServiceSpec): FieldError[] {
  const errors: FieldError[] = [];
  if (ipFamilyPolicy === 'RequireDualStack') {
    const text = 'this cluster is not configured for dual-stack services';
    errors.push(invalid(POLICY, ipFamilyPolicy, text));
  }
  for (const [index, family] of ipFamilies.entries()) {
    if (family === FAMILY) continue;
    const path = indexPath('spec.ipFamilies', index);
    errors.push(invalid(path, family, 'not configured on this cluster'));
  }
  return errors;
}
