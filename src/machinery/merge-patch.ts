import { isJsonObject, type JsonObject } from './json-value.ts';

/**
 * mergePatch applies an RFC 7386 patch and answers the result; neither argument is changed, and
 * parts that the patch does not touch are shared with the input.
 */
export function mergePatch(current: unknown, patch: unknown): unknown {
  if (!isJsonObject(patch)) return isJsonObject(current) ? patch : withoutNulls(patch);
  const result: JsonObject = isJsonObject(current) ? { ...current } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}

/** The objects in a list that is not merged lose their nulls, as upstream's library has it. */
function withoutNulls(value: unknown): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((item: unknown) => mergePatch(undefined, item));
}

/** createMergePatch answers the RFC 7386 patch that turns one object into another. */
export function createMergePatch(from: JsonObject, to: JsonObject): JsonObject {
  const patch: JsonObject = {};
  for (const key of Object.keys(from)) if (!(key in to)) patch[key] = null;
  for (const [key, value] of Object.entries(to)) {
    const before = from[key];
    if (isJsonObject(before) && isJsonObject(value)) {
      const inner = createMergePatch(before, value);
      if (Object.keys(inner).length > 0) patch[key] = inner;
    } else if (JSON.stringify(before) !== JSON.stringify(value)) {
      patch[key] = value;
    }
  }
  return patch;
}
