/** sortedKeys answers a copy of a JSON value with the keys of all objects sorted, as Go writes maps. */
export function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, one]) => [key, sortedKeys(one)]));
}

const UNSAFE = /[<>&\u2028\u2029]/g;
const unsafe = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** goJson writes JSON as Go's encoder does: sorted keys, `<`, `>` and `&` escaped, no newline. */
export function goJson(value: unknown, indent = 0): string {
  return (JSON.stringify(sortedKeys(value), null, indent) ?? 'null').replace(UNSAFE, unsafe);
}
