const QUOTE = 0x22;
const BACKSLASH = 0x5c;

interface Scan {
  readonly text: string;
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
  let end = scan.text.indexOf('"', scan.at + 1);
  while (end > 0 && isEscaped(scan.text, end)) end = scan.text.indexOf('"', end + 1);
  scan.at = end < 0 ? scan.text.length : end + 1;
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
    if (seen.has(key)) scan.found.push(scan.path.join(''));
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
 * duplicateFields answers the paths of keys that a JSON text names more than once in one object;
 * JSON.parse keeps the last and says nothing. The text must be valid JSON.
 */
export function duplicateFields(text: string): string[] {
  const scan: Scan = { text, at: 0, path: [], found: [] };
  scanValue(scan);
  return scan.found;
}
