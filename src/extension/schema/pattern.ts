import { RE2JS, RE2JSException } from 're2js';

const compiled = new Map<string, RE2JS | undefined>();
const MOST = 2000;

function compile(pattern: string): RE2JS | undefined {
  const known = compiled.get(pattern);
  if (known || compiled.has(pattern)) return known;
  if (compiled.size >= MOST) compiled.clear();
  let made: RE2JS | undefined;
  try {
    made = RE2JS.compile(pattern);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
  }
  compiled.set(pattern, made);
  return made;
}

/** matchesPattern tells whether a pattern of RE2 is found in a text; a broken one never is. */
export function matchesPattern(pattern: string, text: string): boolean {
  return compile(pattern)?.matcher(text).find() ?? false;
}

/** patternProblem answers why a text is no pattern, in the words of Go; undefined: it is one. */
export function patternProblem(pattern: string): string | undefined {
  try {
    RE2JS.compile(pattern);
    return undefined;
  } catch (error) {
    if (error instanceof RE2JSException) return error.message;
    throw error;
  }
}
