import { type FieldError, invalid, required } from '../../../machinery/field-error.ts';
import { keyPath } from '../../../machinery/field-path.ts';
import { isLess } from './resource-list.ts';
import {
  isExtendedResource,
  isHugePages,
  validateAmount,
  validateContainerResourceName,
} from './resource-names.ts';
import type { ResourceRequirements } from './types.ts';

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
    if (limit === undefined) {
      if (isExtendedResource(name) || isHugePages(name))
        errors.push(
          required(`${path}.limits`, 'Limit must be set for non overcommitable resources'),
        );
    } else if (isExtendedResource(name) && (isLess(limit, request) || isLess(request, limit))) {
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
