import { type FieldError, invalid } from '../../../machinery/field-error.ts';
import { labelKeyErrors } from '../../../machinery/names.ts';
import { isQuantity, parseQuantity } from '../../../machinery/quantity.ts';
import { isNegative } from './resource-list.ts';
import { texts } from './validation-rules.ts';

const NATIVE_PREFIX = 'kubernetes.io/';
const REQUESTS_PREFIX = 'requests.';
const HUGE_PAGES = 'hugepages-';

const CONTAINER_RESOURCES: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage']);

/** COUNTED_RESOURCES are the names under which a quota counts objects. */
const COUNTED_RESOURCES: ReadonlySet<string> = new Set([
  'configmaps',
  'persistentvolumeclaims',
  'pods',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'services',
  'services.loadbalancers',
  'services.nodeports',
]);

const QUOTA_RESOURCES: ReadonlySet<string> = new Set([
  ...CONTAINER_RESOURCES,
  ...COUNTED_RESOURCES,
  'requests.cpu',
  'requests.memory',
  'requests.storage',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
]);

/** isHugePages tells whether a resource is memory in large pages. */
export function isHugePages(name: string): boolean {
  return name.startsWith(HUGE_PAGES);
}

/** isNativeResource tells whether Kubernetes itself defines a resource. */
export function isNativeResource(name: string): boolean {
  return !name.includes('/') || name.includes(NATIVE_PREFIX);
}

/** isExtendedResource tells whether a resource belongs to a device or to another domain. */
export function isExtendedResource(name: string): boolean {
  if (isNativeResource(name) || name.startsWith(REQUESTS_PREFIX)) return false;
  return labelKeyErrors(`${REQUESTS_PREFIX}${name}`).length === 0;
}

/** isIntegerResource tells whether only whole amounts of a resource make sense. */
function isIntegerResource(name: string): boolean {
  return COUNTED_RESOURCES.has(name) || isExtendedResource(name);
}

/** isQuotaResource tells whether a quota knows a resource by an unqualified name. */
export function isQuotaResource(name: string): boolean {
  return (
    QUOTA_RESOURCES.has(name) || isHugePages(name) || name.startsWith(`requests.${HUGE_PAGES}`)
  );
}

/** validateResourceName checks the name of any resource. */
export function validateResourceName(name: string, path: string): FieldError[] {
  const errors = texts(path, name, labelKeyErrors(name));
  if (errors.length > 0 || name.includes('/') || name === 'storage' || isQuotaResource(name))
    return errors;
  return [invalid(path, name, 'must be a standard resource type or fully qualified')];
}

/** validateContainerResourceName checks the name of a resource that a container may ask for. */
export function validateContainerResourceName(name: string, path: string): FieldError[] {
  const errors = validateResourceName(name, path);
  if (!name.includes('/')) {
    if (!CONTAINER_RESOURCES.has(name) && !isHugePages(name))
      errors.push(invalid(path, name, 'must be a standard resource for containers'));
  } else if (!isNativeResource(name) && !isExtendedResource(name)) {
    errors.push(invalid(path, name, "doesn't follow extended resource name standard"));
  }
  return errors;
}

/** validateAmount checks that an amount is not negative, and whole where the resource demands it. */
export function validateAmount(name: string, text: string, path: string): FieldError[] {
  if (!isQuantity(text)) return [];
  const errors: FieldError[] = [];
  if (isNegative(text)) errors.push(invalid(path, text, 'must be greater than or equal to 0'));
  const whole = parseQuantity(text).nano % 1_000_000_000n === 0n;
  if (isIntegerResource(name) && !whole) errors.push(invalid(path, text, 'must be an integer'));
  return errors;
}
