const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;

/**
 * memberAt answers where the value of a member begins in JSON as JSON.stringify writes it, which is
 * much less work than parsing all of it; -1 when there is no such member. `at` is where the object
 * begins, `name` has nothing but ASCII letters. Throws for a text that is not JSON without blanks.
 */
export function memberAt(json: Uint8Array, at: number, name: string): number {
  if (json[at] !== OPEN_OBJECT) return -1;
  let next = at + 1;
  while (json[next] !== CLOSE_OBJECT) {
    const nameEnd = stringEnd(json, next);
    if (json[nameEnd] !== COLON) throw new SyntaxError(`no colon at byte ${nameEnd}`);
    if (isName(json, next, nameEnd, name)) return nameEnd + 1;
    next = valueEnd(json, nameEnd + 1);
    if (json[next] === COMMA) next += 1;
  }
  return -1;
}

/** valueEnd answers the first byte after the value that begins at a place. */
export function valueEnd(json: Uint8Array, at: number): number {
  const first = json[at];
  if (first === QUOTE) return stringEnd(json, at);
  if (first === OPEN_OBJECT || first === OPEN_LIST) return nestedEnd(json, at);
  for (let next = at; next < json.length; next += 1) {
    const byte = json[next];
    if (byte === COMMA || byte === CLOSE_OBJECT || byte === CLOSE_LIST) return next;
  }
  return json.length;
}

function isName(json: Uint8Array, start: number, end: number, name: string): boolean {
  if (end - start !== name.length + 2) return false;
  for (let index = 0; index < name.length; index += 1) {
    if (json[start + 1 + index] !== name.charCodeAt(index)) return false;
  }
  return true;
}

function stringEnd(json: Uint8Array, at: number): number {
  if (json[at] !== QUOTE) throw new SyntaxError(`no text at byte ${at}`);
  for (let next = at + 1; next < json.length; next += 1) {
    const byte = json[next];
    if (byte === QUOTE) return next + 1;
    if (byte === BACKSLASH) next += 1;
  }
  throw new SyntaxError(`the text at byte ${at} does not end`);
}

function nestedEnd(json: Uint8Array, at: number): number {
  let depth = 0;
  for (let next = at; next < json.length; next += 1) {
    const byte = json[next];
    if (byte === QUOTE) next = stringEnd(json, next) - 1;
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) depth += 1;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) depth -= 1;
    if (depth === 0) return next + 1;
  }
  throw new SyntaxError(`the value at byte ${at} does not end`);
}
