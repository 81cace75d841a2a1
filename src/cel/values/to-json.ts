import { CelError } from './errors.ts';
import { StructValue } from './struct-value.ts';
import { Duration, Timestamp } from './time.ts';
import { CelList, CelMap, Optional, Uint, type Value } from './value.ts';

/** toJson is a value as JSON; throws a CelError for what JSON cannot say. */
export function toJson(value: Value): unknown {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'bigint' || typeof value === 'number') return Number(value);
  if (value instanceof Uint) return Number(value.value);
  if (value instanceof CelList) return value.toArray().map(toJson);
  if (value instanceof CelMap) return mapToJson(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Timestamp || value instanceof Duration) return value.toString();
  if (value instanceof Optional && value.value !== undefined) return toJson(value.value);
  throw new CelError('a value that could not marshal to JSON');
}

function mapToJson(map: CelMap): Record<string, unknown> {
  const json: Record<string, unknown> = {};
  for (const key of map.keys()) {
    if (typeof key !== 'string') throw new CelError(`map key "${String(key)}" is not string`);
    json[key] = toJson(map.find(key) ?? null);
  }
  return json;
}

/**
 * misnamedTypes finds objects that stand in a field of another name than their type has, such as
 * `Object{spec: Object.status{}}`; in the words of upstream.
 */
export function misnamedTypes(value: Value, path: string): string[] {
  if (value instanceof StructValue) {
    const own =
      value.typeName === path
        ? []
        : [
            `unexpected type name ${JSON.stringify(value.typeName)}, expected ${JSON.stringify(path)}, which matches field name path from root Object type`,
          ];
    const nested = value
      .keys()
      .flatMap((key) => misnamedTypes(value.find(key) ?? null, `${path}.${String(key)}`));
    return [...own, ...nested];
  }
  if (value instanceof CelList) return value.toArray().flatMap((one) => misnamedTypes(one, path));
  return [];
}
