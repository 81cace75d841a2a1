import { type FieldError, invalid, required } from '../../../machinery/field-error.ts';
import { keyPath } from '../../../machinery/field-path.ts';
import { labelKeyErrors } from '../../../machinery/names.ts';
import { isQuantity, parseQuantity } from '../../../machinery/quantity.ts';
import { isLess, isNegative } from './resource-list.ts';
import type { ResourceRequirements } from './types.ts';
import { texts } from './validation-rules.ts';

const CONTAINER_RESOURCES = new Set(['cpu', 'memory', 'ephemeral-storage']);
const NATIVE_PREFIX = 'kubernetes.io/';

function isHugePages(name: string): boolean {
  return name.startsWith('hugepages-');
}

function isExtended(name: string): boolean {
  return name.includes('/') && !name.includes(NATIVE_PREFIX) && !name.startsWith('requests.');
}

function validateName(name: string, path: string): FieldError[] {
  const errors = texts(path, name, labelKeyErrors(name));
  if (errors.length > 0) return errors;
  if (!name.includes('/')) {
    if (CONTAINER_RESOURCES.has(name) || isHugePages(name)) return [];
    return [
      invalid(path, name, 'must be a standard resource type or fully qualified'),
      invalid(path, name, 'must be a standard resource for containers'),
    ];
  }
  return name.includes(NATIVE_PREFIX) || isExtended(name)
    ? []
    : [invalid(path, name, "doesn't follow extended resource name standard")];
}

function validateAmount(name: string, text: string, path: string): FieldError[] {
  if (!isQuantity(text)) return [];
  if (isNegative(text)) return [invalid(path, text, 'must be greater than or equal to 0')];
  const whole = parseQuantity(text).nano % 1_000_000_000n === 0n;
  return isExtended(name) && !whole ? [invalid(path, text, 'must be an integer')] : [];
}

type ResourceList = Readonly<Record<string, string>>;

function validateList(list: ResourceList, path: string): FieldError[] {
  return Object.entries(list).flatMap(([name, text]) => {
    const at = keyPath(path, name);
    return [...validateName(name, at), ...validateAmount(name, text, at)];
  });
}

function validateRequestsWithin(requests: ResourceList, limits: ResourceList, path: string) {
  const errors: FieldError[] = [];
  for (const [name, request] of Object.entries(requests)) {
    const limit = limits[name];
    if (limit === undefined) {
      if (isExtended(name) || isHugePages(name))
        errors.push(
          required(`${path}.limits`, 'Limit must be set for non overcommitable resources'),
        );
    } else if (isExtended(name) && (isLess(limit, request) || isLess(request, limit))) {
      errors.push(invalid(`${path}.requests`, request, `must be equal to ${name} limit`));
    } else if (isLess(limit, request)) {
      const detail = `must be less than or equal to ${name} limit`;
      errors.push(invalid(`${path}.requests`, request, detail));
    }
  }
  return errors;
}

/** validateResourceRequirements checks requests and limits of a container. */
export function validateResourceRequirements(
  resources: ResourceRequirements | undefined,
  path: string,
): FieldError[] {
  const limits = resources?.limits ?? {};
  const requests = resources?.requests ?? {};
  const errors = [
    ...validateList(limits, `${path}.limits`),
    ...validateList(requests, `${path}.requests`),
  ];
  return errors.length > 0 ? errors : validateRequestsWithin(requests, limits, path);
}
