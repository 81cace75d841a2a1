/** sortedKeys answers a JSON value with the keys of all objects sorted, as Go writes maps; the value itself where they are. */
export function sortedKeys<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return sortedList(value) as T;
  const object = value as Record<string, unknown>;
  let fits = true;
  let last = '';
  for (const key in object) {
    if (key < last || sortedKeys(object[key]) !== object[key]) fits = false;
    last = key;
  }
  if (fits) return value;
  const keys = Object.keys(object).sort();
  return Object.fromEntries(keys.map((key) => [key, sortedKeys(object[key])])) as T;
}

function sortedList(list: readonly unknown[]): readonly unknown[] {
  const sorted = list.map((item) => sortedKeys(item));
  return sorted.some((item, index) => item !== list[index]) ? sorted : list;
}

/** UNSAFE are the characters that Go's encoder escapes beside those that JSON must. */
const UNSAFE = ['<', '>', '&', '\u2028', '\u2029'];
const UNSAFE_ALL = new RegExp(`[${UNSAFE.join('')}]`, 'g');
const unsafe = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** goJsonInOrder writes JSON as Go's encoder does for structs: keys as they are, `<`, `>` and `&` escaped. */
export function goJsonInOrder(value: unknown, indent = 0): string {
  const text = JSON.stringify(value, null, indent) ?? 'null';
  // To look for one character takes a tenth of the time that a pattern takes.
  return UNSAFE.some((char) => text.includes(char)) ? text.replace(UNSAFE_ALL, unsafe) : text;
}

/** goJson writes JSON as Go's encoder does: sorted keys, `<`, `>` and `&` escaped, no newline. */
export function goJson(value: unknown, indent = 0): string {
  return goJsonInOrder(sortedKeys(value), indent);
}
