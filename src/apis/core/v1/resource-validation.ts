import {
  duplicate,
  type FieldError,
  forbidden,
  invalid,
  notFound,
  notSupported,
  required,
} from '../../../machinery/field-error.ts';
import { indexPath, keyPath } from '../../../machinery/field-path.ts';
import { dnsLabelErrors } from '../../../machinery/names.ts';
import { canonicalQuantity } from '../../../machinery/quantity.ts';
import { isLess } from './resource-list.ts';
import {
  isExtendedResource,
  isHugePages,
  validateAmount,
  validateContainerResourceName,
  validateResourceName,
} from './resource-names.ts';
import type { ResourceClaim, ResourceRequirements } from './types.ts';
import { texts } from './validation-rules.ts';

type ResourceList = Readonly<Record<string, string>>;

function validateList(list: ResourceList, path: string): FieldError[] {
  return Object.entries(list).flatMap(([name, text]) => {
    const at = keyPath(path, name);
    return [...validateContainerResourceName(name, at), ...validateAmount(name, text, at)];
  });
}

function validateRequestsWithin(requests: ResourceList, limits: ResourceList, path: string) {
  const errors: FieldError[] = [];
  for (const [name, request] of Object.entries(requests)) {
    const limit = limits[name];
    const fixed = isExtendedResource(name) || isHugePages(name);
    if (limit === undefined) {
      const detail = 'Limit must be set for non overcommitable resources';
      if (fixed) errors.push(required(`${path}.limits`, detail));
    } else if (fixed && (isLess(limit, request) || isLess(request, limit))) {
      const detail = `must be equal to ${name} limit of ${canonicalQuantity(limit)}`;
      errors.push(invalid(`${path}.requests`, canonicalQuantity(request), detail));
    } else if (isLess(limit, request)) {
      const detail = `must be less than or equal to ${name} limit of ${canonicalQuantity(limit)}`;
      errors.push(invalid(`${path}.requests`, canonicalQuantity(request), detail));
    }
  }
  return errors;
}

/** Huge pages are memory of a container that has cpu or memory too. */
function hugePagesErrors(requests: ResourceList, limits: ResourceList, path: string) {
  const names = [...Object.keys(requests), ...Object.keys(limits)];
  if (!names.some(isHugePages) || names.some((name) => name === 'cpu' || name === 'memory'))
    return [];
  return [forbidden(path, 'HugePages require cpu or memory')];
}

function claimErrors(
  claims: readonly ResourceClaim[] | undefined,
  known: ReadonlySet<string>,
  path: string,
): FieldError[] {
  const seen = new Set<string>();
  return (claims ?? []).flatMap(({ name, request = '' }, index) => {
    const at = indexPath(`${path}.claims`, index);
    const errors: FieldError[] = [];
    if (!name) return [required(at)];
    if (request !== '') errors.push(...texts(`${at}.request`, request, dnsLabelErrors(request)));
    const key = request === '' ? name : `${name}/${request}`;
    if (seen.has(key)) errors.push(duplicate(at, key));
    seen.add(key);
    if (known.has(name)) return errors;
    const list = known.size === 0 ? 'which is empty' : `[${[...known].sort().join(' ')}]`;
    const text = `must be one of the names in pod.spec.resourceClaims ${list}`;
    return [...errors, { ...notFound(at, name), body: `Not found: "${name}": ${text}` }];
  });
}

/** validateResourceRequirements checks requests and limits of a container; `claims` are the pod's. */
export function validateResourceRequirements(
  resources: ResourceRequirements | undefined,
  path: string,
  claims: ReadonlySet<string> = new Set(),
): FieldError[] {
  const limits = resources?.limits ?? {};
  const requests = resources?.requests ?? {};
  return [
    ...validateList(limits, `${path}.limits`),
    ...validateList(requests, `${path}.requests`),
    ...validateRequestsWithin(requests, limits, path),
    ...hugePagesErrors(requests, limits, path),
    ...claimErrors(resources?.claims, claims, path),
  ];
}

const POD_RESOURCES = ['cpu', 'hugepages-', 'memory'];

function podResourceErrors(name: string, path: string): FieldError[] {
  const errors = validateResourceName(name, path);
  if (errors.length > 0 || name === 'cpu' || name === 'memory' || isHugePages(name)) return errors;
  return [notSupported(path, name, POD_RESOURCES)];
}

/** validatePodResources checks requests and limits of a pod as a whole. */
export function validatePodResources(
  resources: ResourceRequirements | undefined,
  path: string,
): FieldError[] {
  if (resources === undefined) return [];
  const { limits = {}, requests = {}, claims } = resources;
  const amounts = (list: ResourceList, part: string) =>
    Object.entries(list).flatMap(([name, text]) => {
      const at = keyPath(`${path}.${part}`, name);
      return [...podResourceErrors(name, at), ...validateAmount(name, text, at)];
    });
  return [
    ...(claims === undefined
      ? []
      : [forbidden(`${path}.claims`, 'claims may not be set for Resources at pod-level')]),
    ...amounts(limits, 'limits'),
    ...amounts(requests, 'requests'),
    ...validateRequestsWithin(requests, limits, path),
    ...hugePagesErrors(requests, limits, path),
    ...claimErrors(claims, new Set(), path),
  ];
}
