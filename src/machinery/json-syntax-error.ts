/** Where the scanner is in the text. */
interface Scan {
  readonly text: string;
  at: number;
}

/** Found ends the scan with the message. */
class Found extends Error {
  override readonly name = 'Found';
}

const END = 'unexpected end of JSON input';
const LITERALS: Readonly<Record<string, string>> = { t: 'true', f: 'false', n: 'null' };

function quoted(char: string): string {
  if (char === "'") return `'\\''`;
  if (char === '"') return `'"'`;
  return `'${JSON.stringify(char).slice(1, -1)}'`;
}

function refuse(scan: Scan, where: string): never {
  const code = scan.text.codePointAt(scan.at);
  if (code === undefined) throw new Found(END);
  throw new Found(`invalid character ${quoted(String.fromCodePoint(code))} ${where}`);
}

function peek(scan: Scan): string {
  while (scan.at < scan.text.length && ' \t\r\n'.includes(scan.text.charAt(scan.at))) scan.at += 1;
  return scan.text.charAt(scan.at);
}

function string(scan: Scan): void {
  scan.at += 1;
  for (;;) {
    const char = scan.text.charAt(scan.at);
    if (char === '') throw new Found(END);
    if (char < ' ') refuse(scan, 'in string literal');
    scan.at += 1;
    if (char === '"') return;
    if (char === '\\') escapeSequence(scan);
  }
}

function escapeSequence(scan: Scan): void {
  const char = scan.text.charAt(scan.at);
  if (char === '' || !'"\\/bfnrtu'.includes(char)) refuse(scan, 'in string escape code');
  scan.at += 1;
  for (let digit = 0; char === 'u' && digit < 4; digit += 1) {
    if (!/^[0-9a-f]$/i.test(scan.text.charAt(scan.at))) {
      refuse(scan, 'in \\u hexadecimal character escape');
    }
    scan.at += 1;
  }
}

function digits(scan: Scan, where: string): void {
  if (!/^\d$/.test(scan.text.charAt(scan.at))) refuse(scan, where);
  while (/^\d$/.test(scan.text.charAt(scan.at))) scan.at += 1;
}

function number(scan: Scan): void {
  if (scan.text.charAt(scan.at) === '-') scan.at += 1;
  if (scan.text.charAt(scan.at) === '0') scan.at += 1;
  else digits(scan, 'in numeric literal');
  if (scan.text.charAt(scan.at) === '.') {
    scan.at += 1;
    digits(scan, 'after decimal point in numeric literal');
  }
  if (!/^e$/i.test(scan.text.charAt(scan.at))) return;
  scan.at += 1;
  if (/^[+-]$/.test(scan.text.charAt(scan.at))) scan.at += 1;
  digits(scan, 'in exponent of numeric literal');
}

function literal(scan: Scan, word: string): void {
  for (let index = 0; index < word.length; index += 1) {
    const expected = word.charAt(index);
    if (scan.text.charAt(scan.at) !== expected) {
      refuse(scan, `in literal ${word} (expecting '${expected}')`);
    }
    scan.at += 1;
  }
}

/** A container that is open: what may close it, and what follows a value in it. */
type Open = '{' | '[';

function key(scan: Scan, where: string): void {
  if (peek(scan) !== '"') refuse(scan, where);
  string(scan);
  if (peek(scan) !== ':') refuse(scan, 'after object key');
  scan.at += 1;
}

/** opened begins a value; answers true when the value is a container that is still open. */
function opened(scan: Scan, stack: Open[]): boolean {
  const char = peek(scan);
  if (char === '{' || char === '[') {
    scan.at += 1;
    if (peek(scan) === (char === '{' ? '}' : ']')) {
      scan.at += 1;
      return false;
    }
    stack.push(char);
    if (char === '{') key(scan, 'looking for beginning of object key string');
    return true;
  }
  const word = LITERALS[char];
  if (char === '"') string(scan);
  else if (word !== undefined) literal(scan, word);
  else if (char === '-' || (char >= '0' && char <= '9')) number(scan);
  else refuse(scan, 'looking for beginning of value');
  return false;
}

/** closed goes on behind a value; answers true when another value follows. */
function closed(scan: Scan, stack: Open[]): boolean {
  for (let open = stack.at(-1); open !== undefined; open = stack.at(-1)) {
    const char = peek(scan);
    scan.at += 1;
    if (char === ',') {
      if (open === '{') key(scan, 'looking for beginning of object key string');
      return true;
    }
    if (char !== (open === '{' ? '}' : ']')) {
      scan.at -= 1;
      refuse(scan, open === '{' ? 'after object key:value pair' : 'after array element');
    }
    stack.pop();
  }
  return false;
}

/**
 * jsonSyntaxError words what is wrong with a text that is not JSON as Go's encoding/json does,
 * such as `invalid character '}' looking for beginning of value`; undefined for valid JSON. It
 * does not recurse, so depth costs memory only.
 */
export function jsonSyntaxError(text: string): string | undefined {
  const scan: Scan = { text, at: 0 };
  const stack: Open[] = [];
  try {
    do {
      while (opened(scan, stack));
    } while (closed(scan, stack));
    if (peek(scan) !== '') refuse(scan, 'after top-level value');
    return undefined;
  } catch (error) {
    if (error instanceof Found) return error.message;
    throw error;
  }
}
