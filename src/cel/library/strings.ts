import { DYN, INT, listOf, STRING } from '../types/type.ts';
import { CelError } from '../values/errors.ts';
import { asInt, asList, asString } from '../values/kinds.ts';
import { ArrayList, type Value } from '../values/value.ts';
import { formatText } from './format-text.ts';
import { fn, method, type Overload } from './overload.ts';

type Arg = Value | undefined;

function outOfRange(index: bigint): CelError {
  return new CelError(`index out of range: ${index}`);
}

function charAt(text: Arg, index: Arg): string {
  const points = Array.from(asString(text));
  const at = asInt(index);
  if (at < 0n || at > BigInt(points.length)) throw outOfRange(at);
  return points[Number(at)] ?? '';
}

function startsAt(points: readonly string[], part: readonly string[], at: number): boolean {
  return part.every((point, index) => points[at + index] === point);
}

function indexOf(text: Arg, part: Arg, from: bigint): bigint {
  const points = Array.from(asString(text));
  const wanted = Array.from(asString(part));
  if (wanted.length === 0) return from;
  if (from < 0n) throw outOfRange(from);
  if (from >= BigInt(points.length)) return -1n;
  for (let at = Number(from); at <= points.length - wanted.length; at++)
    if (startsAt(points, wanted, at)) return BigInt(at);
  return -1n;
}

function lastIndexOf(text: Arg, part: Arg, from: bigint | undefined): bigint {
  const points = Array.from(asString(text));
  const wanted = Array.from(asString(part));
  if (wanted.length === 0) return from ?? BigInt(points.length);
  const start = from ?? BigInt(points.length - 1);
  if (from !== undefined && (from < 0n || from >= BigInt(points.length))) {
    if (from < 0n) throw outOfRange(from);
    return -1n;
  }
  for (let at = Math.min(Number(start), points.length - wanted.length); at >= 0; at--)
    if (startsAt(points, wanted, at)) return BigInt(at);
  return -1n;
}

function substring(text: Arg, start: bigint, end: bigint | undefined): string {
  const points = Array.from(asString(text));
  const size = BigInt(points.length);
  if (end === undefined) {
    if (start < 0n || start > size) throw outOfRange(start);
    return points.slice(Number(start)).join('');
  }
  if (start > end) throw new CelError(`invalid substring range. start: ${start}, end: ${end}`);
  if (start < 0n || start > size) throw outOfRange(start);
  if (end < 0n || end > size) throw outOfRange(end);
  return points.slice(Number(start), Number(end)).join('');
}

function replace(text: string, from: string, to: string, limit: bigint): string {
  if (limit < 0n)
    return from === ''
      ? replaceEmpty(text, to, Number.POSITIVE_INFINITY)
      : text.replaceAll(from, () => to);
  if (from === '') return replaceEmpty(text, to, Number(limit));
  const parts = splitN(text, from, Number(limit) + 1);
  return parts.join(to);
}

function replaceEmpty(text: string, to: string, limit: number): string {
  const points = Array.from(text);
  let left = limit;
  let result = '';
  for (const point of points) {
    if (left-- > 0) result += to;
    result += point;
  }
  return left > 0 ? result + to : result;
}

function splitN(text: string, separator: string, limit: number): string[] {
  const parts = separator === '' ? Array.from(text) : text.split(separator);
  if (parts.length <= limit) return parts;
  return [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(separator)];
}

function split(text: string, separator: string, limit: bigint): string[] {
  if (limit === 0n) return [];
  return splitN(text, separator, limit < 0n ? Number.POSITIVE_INFINITY : Number(limit));
}

function join(list: Arg, separator: string): string {
  return asList(list)
    .toArray()
    .map((one) => {
      if (typeof one !== 'string') throw new CelError(`join: invalid input: ${String(one)}`);
      return one;
    })
    .join(separator);
}

const SPACE =
  /^[\s\u0085\u200e\u200f\u180e\u200b\u2060]+|[\s\u0085\u200e\u200f\u180e\u200b\u2060]+$/g;

function mapAscii(text: string, range: RegExp, to: (letter: string) => string): string {
  return text.replaceAll(range, to);
}

const QUOTED: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
};

function quote(text: string): string {
  return `"${text.replaceAll(/[\x07\b\f\n\r\t\v\\"]/g, (one) => QUOTED[one] ?? one)}"`;
}

const text2 = { args: [STRING, STRING], result: STRING };

/** STRINGS are the functions of strings, of the language itself and of cel-go's extension. */
export const STRINGS: readonly Overload[] = [
  method('charAt', 'string_char_at_int', { args: [STRING, INT], result: STRING, run: charAt }),
  method('indexOf', 'string_index_of_string', {
    args: [STRING, STRING],
    result: INT,
    run: (text, part) => indexOf(text, part, 0n),
  }),
  method('indexOf', 'string_index_of_string_int', {
    args: [STRING, STRING, INT],
    result: INT,
    run: (text, part, from) => indexOf(text, part, asInt(from)),
  }),
  method('lastIndexOf', 'string_last_index_of_string', {
    args: [STRING, STRING],
    result: INT,
    run: (text, part) => lastIndexOf(text, part, undefined),
  }),
  method('lastIndexOf', 'string_last_index_of_string_int', {
    args: [STRING, STRING, INT],
    result: INT,
    run: (text, part, from) => lastIndexOf(text, part, asInt(from)),
  }),
  method('lowerAscii', 'string_lower_ascii', {
    args: [STRING],
    result: STRING,
    run: (text) => mapAscii(asString(text), /[A-Z]/g, (letter) => letter.toLowerCase()),
  }),
  method('upperAscii', 'string_upper_ascii', {
    args: [STRING],
    result: STRING,
    run: (text) => mapAscii(asString(text), /[a-z]/g, (letter) => letter.toUpperCase()),
  }),
  method('replace', 'string_replace_string_string', {
    args: [STRING, STRING, STRING],
    result: STRING,
    run: (text, from, to) => replace(asString(text), asString(from), asString(to), -1n),
  }),
  method('replace', 'string_replace_string_string_int', {
    args: [STRING, STRING, STRING, INT],
    result: STRING,
    run: (text, from, to, limit) =>
      replace(asString(text), asString(from), asString(to), asInt(limit)),
  }),
  method('split', 'string_split_string', {
    ...text2,
    result: listOf(STRING),
    run: (text, separator) => new ArrayList(split(asString(text), asString(separator), -1n)),
  }),
  method('split', 'string_split_string_int', {
    args: [STRING, STRING, INT],
    result: listOf(STRING),
    run: (text, separator, limit) =>
      new ArrayList(split(asString(text), asString(separator), asInt(limit))),
  }),
  method('substring', 'string_substring_int', {
    args: [STRING, INT],
    result: STRING,
    run: (text, start) => substring(text, asInt(start), undefined),
  }),
  method('substring', 'string_substring_int_int', {
    args: [STRING, INT, INT],
    result: STRING,
    run: (text, start, end) => substring(text, asInt(start), asInt(end)),
  }),
  method('trim', 'string_trim', {
    args: [STRING],
    result: STRING,
    run: (text) => asString(text).replaceAll(SPACE, ''),
  }),
  method('format', 'string_format', {
    args: [STRING, listOf(DYN)],
    result: STRING,
    run: (text, args) => formatText(asString(text), asList(args).toArray()),
  }),
  fn('strings.quote', 'strings_quote', {
    args: [STRING],
    result: STRING,
    run: (text) => quote(asString(text)),
  }),
  method('join', 'list_join', {
    args: [listOf(STRING)],
    result: STRING,
    run: (list) => join(list, ''),
  }),
  method('join', 'list_join_string', {
    args: [listOf(STRING), STRING],
    result: STRING,
    run: (list, separator) => join(list, asString(separator)),
  }),
  ...containment(),
];

function containment(): Overload[] {
  const test = (name: string, id: string, run: (text: string, part: string) => boolean) =>
    method(name, id, {
      args: [STRING, STRING],
      result: { kind: 'bool', name: 'bool', params: [] },
      run: (text, part) => run(asString(text), asString(part)),
    });
  return [
    test('contains', 'contains_string', (text, part) => text.includes(part)),
    test('startsWith', 'starts_with_string', (text, part) => text.startsWith(part)),
    test('endsWith', 'ends_with_string', (text, part) => text.endsWith(part)),
  ];
}
