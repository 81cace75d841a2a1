import { RE2JS } from 're2js';
import { BOOL, INT, listOf, STRING } from '../types/type.ts';
import { CelError } from '../values/errors.ts';
import { asInt, asString } from '../values/kinds.ts';
import { ArrayList, type Value } from '../values/value.ts';
import { fn, method, type Overload } from './overload.ts';

const MAX_KEPT = 256;
const kept = new Map<string, RE2JS>();

/** compileRegex compiles an RE2 expression; the last ones are kept. Throws RE2's error. */
function compileRegex(pattern: string): RE2JS {
  const known = kept.get(pattern);
  if (known) return known;
  const compiled = RE2JS.compile(pattern);
  if (kept.size >= MAX_KEPT) kept.clear();
  kept.set(pattern, compiled);
  return compiled;
}

/** regexProblem answers what is wrong with a pattern in Go's words; undefined when nothing is. */
export function regexProblem(pattern: string): string | undefined {
  try {
    compileRegex(pattern);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function regexOf(pattern: string, prefix = ''): RE2JS {
  try {
    return compileRegex(pattern);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CelError(`${prefix}${reason}`, { cause: error });
  }
}

function matches(text: Value | undefined, pattern: Value | undefined): boolean {
  return regexOf(asString(pattern)).matcher(asString(text)).find();
}

function find(text: string, pattern: string, limit: number): string[] {
  const matcher = regexOf(pattern, 'Illegal regex: ').matcher(text);
  const found: string[] = [];
  while ((limit < 0 || found.length < limit) && matcher.find()) found.push(matcher.group() ?? '');
  return found;
}

/** REGEXES are `matches`, `find` and `findAll`, with the syntax and cost of RE2. */
export const REGEXES: readonly Overload[] = [
  fn('matches', 'matches', { args: [STRING, STRING], result: BOOL, run: matches }),
  method('matches', 'matches_string', { args: [STRING, STRING], result: BOOL, run: matches }),
  method('find', 'string_find_string', {
    args: [STRING, STRING],
    result: STRING,
    run: (text, pattern) => find(asString(text), asString(pattern), 1)[0] ?? '',
  }),
  method('findAll', 'string_find_all_string', {
    args: [STRING, STRING],
    result: listOf(STRING),
    run: (text, pattern) => new ArrayList(find(asString(text), asString(pattern), -1)),
  }),
  method('findAll', 'string_find_all_string_int', {
    args: [STRING, STRING, INT],
    result: listOf(STRING),
    run: (text, pattern, limit) =>
      new ArrayList(find(asString(text), asString(pattern), Number(asInt(limit)))),
  }),
];
