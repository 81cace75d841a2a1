import { isJsonObject } from './json-value.ts';

/** childPath appends a field to a path as field errors spell it. */
export function childPath(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

/** indexPath appends a list index: `spec.ports[0]`. */
export function indexPath(path: string, index: number): string {
  return `${path}[${index}]`;
}

/** keyPath appends a map key: `metadata.labels[app]`. */
export function keyPath(path: string, key: string): string {
  return `${path}[${key}]`;
}

/** getAt reads a dotted path such as `.spec.replicas`; undefined where something is missing. */
export function getAt(object: unknown, path: string): unknown {
  let value = object;
  for (const step of path.split('.').filter((one) => one !== '')) {
    if (!isJsonObject(value) || !Object.hasOwn(value, step)) return undefined;
    value = value[step];
  }
  return value;
}

/** setAt writes a dotted path in place and makes the objects on the way. */
export function setAt(object: object, path: string, value: unknown): void {
  const steps = path.split('.').filter((one) => one !== '');
  const last = steps.pop();
  if (last === undefined) return;
  let at = object as Record<string, unknown>;
  for (const step of steps) {
    const next = at[step];
    if (isJsonObject(next)) at = next;
    else {
      const made = {};
      at[step] = made;
      at = made;
    }
  }
  at[last] = value;
}
