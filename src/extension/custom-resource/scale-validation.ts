import type { CustomResourceSubresourceScale } from '../../apis/apiextensions.k8s.io/v1/types.ts';
import { type FieldError, invalid } from '../../machinery/field-error.ts';
import { getAt } from '../../machinery/field-path.ts';
import { goTypeOf, isJsonObject } from '../../machinery/json-value.ts';
import type { KubeObject } from '../../machinery/object.ts';

const MAX_REPLICAS = 2 ** 31 - 1;

/** scaleErrors checks what the scale of a custom resource reads and writes. */
export function scaleErrors(
  object: KubeObject,
  scale: CustomResourceSubresourceScale | undefined,
  parts: readonly ('spec' | 'status')[],
): FieldError[] {
  if (!scale) return [];
  const errors: FieldError[] = [];
  if (parts.includes('spec')) errors.push(...replicaErrors(object, scale.specReplicasPath));
  if (!parts.includes('status')) return errors;
  errors.push(...replicaErrors(object, scale.statusReplicasPath));
  const selector = scale.labelSelectorPath;
  const value = selector ? getAt(object, selector) : undefined;
  if (selector && value !== undefined && typeof value !== 'string') {
    const text = `${selector} accessor error: ${String(value)} is of the type ${goTypeOf(value)}, expected string`;
    errors.push(invalid(selector, '', text));
  }
  return errors;
}

function replicaErrors(object: KubeObject, path: string): FieldError[] {
  const value = getAt(object, path);
  if (value === undefined) return accessErrors(object, path);
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    const text = `${path} accessor error: ${String(value)} is of the type ${goTypeOf(value)}, expected int64`;
    return [invalid(path, 0, text)];
  }
  if (value < 0) return [invalid(path, value, 'should be a non-negative integer')];
  if (value <= MAX_REPLICAS) return [];
  return [invalid(path, value, `should be less than or equal to ${MAX_REPLICAS}`)];
}

/** accessErrors finds a step of a path that leads into something that has no fields. */
function accessErrors(object: KubeObject, path: string): FieldError[] {
  const steps = path.split('.').slice(1, -1);
  for (let end = 1; end <= steps.length; end += 1) {
    const value = getAt(object, steps.slice(0, end).join('.'));
    if (value === undefined || isJsonObject(value)) continue;
    const shown = Array.isArray(value) ? `[${value.join(' ')}]` : String(value);
    const text = `${path} accessor error: ${shown} is of the type ${goTypeOf(value)}, expected map[string]interface{}`;
    return [invalid(path, 0, text)];
  }
  return [];
}
