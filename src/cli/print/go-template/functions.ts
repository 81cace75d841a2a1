import { CliError } from '../../cli-error.ts';

/** isTrue is Go's idea of a non-empty value. */
export function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}

/** goText prints a value as Go's `%v`: `map[a:1]`, `[a b]`, `<no value>` for what is missing. */
export function goText(value: unknown): string {
  if (value === undefined || value === null) return '<no value>';
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (typeof value === 'object') {
    const keys = Object.keys(value).sort();
    return `map[${keys.map((key) => `${key}:${goText((value as Record<string, unknown>)[key])}`).join(' ')}]`;
  }
  return String(value);
}

/** printf formats as Go's fmt does, for the verbs that templates use. */
function printf(format: unknown, ...args: unknown[]): string {
  let next = 0;
  return String(format).replace(
    /%(-?)(0?)(\d*)(?:\.(\d+))?([vsdqtfTx%])/g,
    (_, left, zero, width, digits, verb) => {
      if (verb === '%') return '%';
      const value = args[next++];
      const text =
        verb === 'q'
          ? JSON.stringify(String(value))
          : verb === 'f'
            ? Number(value).toFixed(digits === undefined ? 6 : Number(digits))
            : verb === 'x'
              ? Number(value).toString(16)
              : goText(value);
      if (left) return text.padEnd(Number(width));
      return text.padStart(Number(width), zero ? '0' : ' ');
    },
  );
}

function index(value: unknown, ...keys: unknown[]): unknown {
  let current = value;
  for (const key of keys) {
    if (current === null || current === undefined)
      throw new CliError('error executing template: index of untyped nil');
    current = (current as Record<string, unknown>)[String(key)];
  }
  return current;
}

function length(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (Array.isArray(value)) return value.length;
  return value === null || value === undefined ? 0 : Object.keys(value).length;
}

function exists(value: unknown, ...keys: unknown[]): boolean {
  let current = value;
  for (const key of keys) {
    if (typeof current !== 'object' || current === null || !(String(key) in current)) return false;
    current = (current as Record<string, unknown>)[String(key)];
  }
  return true;
}

/** FUNCTIONS are the functions of Go templates, and kubectl's `exists` and `base64decode`. */
export const FUNCTIONS: Readonly<Record<string, (...args: unknown[]) => unknown>> = {
  len: length,
  index,
  exists,
  printf,
  print: (...args) => args.map(goText).join(''),
  println: (...args) => `${args.map(goText).join(' ')}\n`,
  html: (value) => goText(value).replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`),
  js: (value) => JSON.stringify(goText(value)).slice(1, -1),
  base64decode: (value) => Buffer.from(String(value), 'base64').toString('utf8'),
  eq: (first, ...others) => others.some((other) => first === other),
  ne: (a, b) => a !== b,
  lt: (a, b) => Number(a) < Number(b),
  le: (a, b) => Number(a) <= Number(b),
  gt: (a, b) => Number(a) > Number(b),
  ge: (a, b) => Number(a) >= Number(b),
  and: (...args) => args.find((one) => !isTrue(one)) ?? args.at(-1),
  or: (...args) => args.find(isTrue) ?? args.at(-1),
  not: (value) => !isTrue(value),
};
