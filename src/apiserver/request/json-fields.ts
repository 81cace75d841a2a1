import { newBadRequest } from '../../machinery/status-error.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * MAX_DEPTH is how deep objects and arrays of a body may nest. Upstream's decoder stops at 10,000;
 * no API type comes near to either, and what is stored must be walked within a call stack.
 */
export const MAX_DEPTH = 1000;

interface Scan {
  readonly text: string;
  readonly unknown: ReadonlySet<string>;
  at: number;
  readonly path: string[];
  readonly found: string[];
}

function skipSpace(scan: Scan): number {
  for (;;) {
    const code = scan.text.charCodeAt(scan.at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return code;
    scan.at += 1;
  }
}

/** skipString moves from the opening quote to behind the closing one. */
function skipString(scan: Scan): void {
  scan.at = endOfString(scan.text, scan.at) + 1;
}

function isEscaped(text: string, quote: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes += 1;
  return backslashes % 2 === 1;
}

function keyText(text: string, start: number, end: number): string {
  const raw = text.slice(start + 1, end - 1);
  return raw.includes('\\') ? (JSON.parse(text.slice(start, end)) as string) : raw;
}

function scanObject(scan: Scan): void {
  const seen = new Set<string>();
  scan.at += 1;
  while (skipSpace(scan) === QUOTE) {
    const start = scan.at;
    skipString(scan);
    const key = keyText(scan.text, start, scan.at);
    scan.path.push(scan.path.length === 0 ? key : `.${key}`);
    report(scan, seen.has(key));
    seen.add(key);
    skipSpace(scan);
    scan.at += 1;
    scanValue(scan);
    scan.path.pop();
    if (skipSpace(scan) !== 0x2c) break;
    scan.at += 1;
  }
  scan.at += 1;
}

function report(scan: Scan, isDuplicate: boolean): void {
  if (!isDuplicate && scan.unknown.size === 0) return;
  const path = scan.path.join('');
  if (isDuplicate) scan.found.push(`duplicate field "${path}"`);
  else if (scan.unknown.has(path)) scan.found.push(`unknown field "${path}"`);
}

function scanArray(scan: Scan): void {
  scan.at += 1;
  for (let index = 0; skipSpace(scan) !== 0x5d && scan.at < scan.text.length; index += 1) {
    scan.path.push(`[${index}]`);
    scanValue(scan);
    scan.path.pop();
    if (skipSpace(scan) === 0x2c) scan.at += 1;
  }
  scan.at += 1;
}

function scanValue(scan: Scan): void {
  const code = skipSpace(scan);
  if (code === 0x7b) scanObject(scan);
  else if (code === 0x5b) scanArray(scan);
  else if (code === QUOTE) skipString(scan);
  else skipScalar(scan);
}

function skipScalar(scan: Scan): void {
  while (scan.at < scan.text.length) {
    const next = scan.text.charCodeAt(scan.at);
    if (next === 0x2c || next === 0x7d || next === 0x5d || next <= 0x20) return;
    scan.at += 1;
  }
}

/**
 * strictFindings words what a strict decoder reports of a JSON text, in the order of the text:
 * keys that one object names twice (JSON.parse keeps the last and says nothing), and those of
 * `unknownFields`, paths that the schema does not know. The text must be valid JSON.
 */
export function strictFindings(text: string, unknownFields: readonly string[] = []): string[] {
  const scan: Scan = { text, unknown: new Set(unknownFields), at: 0, path: [], found: [] };
  scanValue(scan);
  return scan.found;
}

/** checkDepth refuses a JSON text that nests deeper than MAX_DEPTH (400). */
export function checkDepth(text: string): void {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > MAX_DEPTH) throw newBadRequest('exceeded max depth');
    } else if (code === 0x7d || code === 0x5d) {
      depth -= 1;
    } else if (code === QUOTE) {
      at = endOfString(text, at);
    }
  }
}

function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end > 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end < 0 ? text.length : end;
}
