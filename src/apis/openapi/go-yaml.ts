import { stringify } from 'yaml';
import { isJsonObject } from '../../machinery/json-value.ts';

/** Texts that need no thought: words, but for those that stand for other values. */
const SIMPLE = /^(?!(?:true|false|null)$)[A-Za-z][\w./-]*$/i;
/** What a reader would take for a number, a date, a truth value or nothing. */
const READ_OTHERWISE =
  /^(?:|~|null|true|false|[-+]?\.?\d[\d_]*(?:\.\d*)?(?:e[-+]?\d+)?|[-+]?\.inf|\.nan|[-+]?0x[\da-f_]+|[-+]?0o?[0-7_]+|[-+]?0b[01_]+|\d{4}-\d\d?-\d\d?(?:[t ].*)?)$/i;
const STEP = 4;

/** The next column for what stands below something: multiples of four. */
const below = (column: number) => STEP * Math.floor((column + STEP) / STEP);

/** Lines that are written as they are, below `|`. */
function literal(text: string, column: number): string {
  const hint = /^[ \n]/.test(text) ? String(STEP) : '';
  const chomping = /\n\n$|^\n$/.test(text) ? '+' : text.endsWith('\n') ? '' : '-';
  const margin = ' '.repeat(below(column));
  const lines = text.replace(/\n$/, '').split('\n');
  const shown = lines.map((line) => (line === '' ? '' : `${margin}${line}`));
  return `|${hint}${chomping}\n${shown.join('\n')}`;
}

function quoted(text: string): string {
  return JSON.stringify(text).replace(/\\u00([\da-f]{2})/g, (_, hex) => `\\x${hex.toUpperCase()}`);
}

function scalar(value: unknown, column: number): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  if (SIMPLE.test(value)) return value;
  if (/[\0-\x09\x0b-\x1f\x7f]| \n/.test(value) || READ_OTHERWISE.test(value)) return quoted(value);
  if (value.includes('\n')) return literal(value, column);
  return stringify(value, { lineWidth: 0, singleQuote: true }).trimEnd();
}

const isBlock = (value: unknown) =>
  Array.isArray(value) ? value.length > 0 : isJsonObject(value) && Object.keys(value).length > 0;

function member([name, value]: [string, unknown], column: number): string {
  const key = scalar(name, column);
  if (!isBlock(value)) return `${key}: ${scalar(value, column)}`;
  const inner = below(column);
  return `${key}:\n${' '.repeat(inner)}${block(value, inner)}`;
}

/** block writes a value whose first line begins in a column, and ends without a line break. */
function block(value: unknown, column: number): string {
  const margin = `\n${' '.repeat(column)}`;
  if (Array.isArray(value) && value.length > 0)
    return value.map((one) => `- ${block(one, column + 2)}`).join(margin);
  if (isJsonObject(value) && isBlock(value))
    return Object.entries(value)
      .map((one) => member(one, column))
      .join(margin);
  return scalar(value, column);
}

/** goYaml writes a JSON value as YAML in the form of gopkg.in/yaml.v3, which documents in protocol buffers hold. */
export function goYaml(value: unknown): string {
  return `${block(value, 0)}\n`;
}
