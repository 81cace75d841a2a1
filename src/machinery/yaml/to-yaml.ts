import { yamlString } from './yaml-scalar.ts';

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isLetter(text: string, at: number): boolean {
  const code = text.charCodeAt(at) | 32;
  if (code < 128) return code >= 97 && code <= 122;
  return /\p{L}/u.test(text[at] ?? '');
}

/** numberAt reads the digits from a place on; `start` stands for digits before it. */
function numberAt(text: string, at: number, start: number): { value: number; end: number } {
  let value = start;
  let end = at;
  for (; isDigit(text.charCodeAt(end)); end += 1) value = value * 10 + text.charCodeAt(end) - 48;
  return { value, end };
}

/** hasNumberBefore tells whether digits end before a place that are more than zeros. */
function hasNumberBefore(text: string, at: number): boolean {
  for (let place = at - 1; isDigit(text.charCodeAt(place)); place -= 1) {
    if (text[place] !== '0') return true;
  }
  return false;
}

function compareFrom(a: string, b: string, at: number): number {
  const [isLeft, isRight] = [isLetter(a, at), isLetter(b, at)];
  if (isLeft && isRight) return a.charCodeAt(at) - b.charCodeAt(at);
  if (isLeft || isRight) return isRight ? -1 : 1;
  const isZero = a[at] === '0' || b[at] === '0';
  const start = isZero && hasNumberBefore(a, at) ? 1 : 0;
  const [left, right] = [numberAt(a, at, start), numberAt(b, at, start)];
  return left.value - right.value || left.end - right.end || a.charCodeAt(at) - b.charCodeAt(at);
}

/** compareKeys orders mapping keys as Go's YAML does: numbers inside by value, symbols first. */
function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    if (a.charCodeAt(at) !== b.charCodeAt(at)) return compareFrom(a, b, at);
  }
  return a.length - b.length;
}

function isEmpty(value: object): boolean {
  return Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0;
}

function number(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e21) return String(value);
  return String(value).replace(/e([+-])(\d)$/, 'e$10$2');
}

class Emitter {
  private readonly lines: string[] = [];

  emit(value: unknown): string {
    this.lines.length = 0;
    if (typeof value === 'object' && value !== null && !isEmpty(value)) this.block(value, 0, '');
    else this.lines.push(this.scalar(value, 0, 0));
    return `${this.lines.join('\n')}\n`;
  }

  private scalar(value: unknown, column: number, indent: number): string {
    if (value === null || value === undefined) return 'null';
    if (typeof value === 'string') return yamlString(value, { column, indent });
    if (typeof value === 'number') return number(value);
    if (Array.isArray(value)) return '[]';
    return typeof value === 'object' ? '{}' : String(value);
  }

  /** block writes a collection; `head` stands before its first line instead of the indentation. */
  private block(value: object, indent: number, head: string): void {
    const pad = ' '.repeat(indent);
    if (Array.isArray(value)) {
      value.forEach((item, index) => {
        this.item(item, indent, index === 0 && head !== '' ? head : pad);
      });
      return;
    }
    const record = value as Record<string, unknown>;
    const keys = Object.keys(record).filter((key) => record[key] !== undefined);
    keys.sort(compareKeys).forEach((key, index) => {
      this.entry(key, record[key], { indent, head: index === 0 && head !== '' ? head : pad });
    });
  }

  private item(item: unknown, indent: number, head: string): void {
    if (typeof item === 'object' && item !== null && !isEmpty(item))
      this.block(item, indent + 2, `${head}- `);
    else this.lines.push(`${head}- ${this.scalar(item, indent + 2, indent + 2)}`);
  }

  private entry(key: string, value: unknown, at: { indent: number; head: string }): void {
    const { indent, head } = at;
    const name = yamlString(key, { column: indent, indent, isKey: true });
    if (typeof value === 'object' && value !== null && !isEmpty(value)) {
      this.lines.push(`${head}${name}:`);
      this.block(value, Array.isArray(value) ? indent : indent + 2, '');
      return;
    }
    const column = indent + name.length + 2;
    this.lines.push(`${head}${name}: ${this.scalar(value, column, indent + 2)}`);
  }
}

/**
 * toYaml writes a value as kubectl's `-o yaml` does: sorted keys, lists not indented, quotes and
 * line breaks where Go's YAML library (yaml.v2) puts them; ends with a newline.
 */
export function toYaml(value: unknown): string {
  return new Emitter().emit(value);
}
