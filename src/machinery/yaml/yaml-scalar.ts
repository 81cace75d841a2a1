const RESOLVED_WORDS = new Set(
  [
    'y Y yes Yes YES true True TRUE on On ON n N no No NO false False FALSE off Off OFF',
    '~ null Null NULL .nan .NaN .NAN .inf .Inf .INF +.inf +.Inf +.INF -.inf -.Inf -.INF',
  ]
    .join(' ')
    .split(' '),
);
const NUMBER =
  /^[-+]?(0[bB][01]+|0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?)$/;
const BASE_60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
const TIMESTAMP =
  /^\d{4}-\d{1,2}-\d{1,2}([Tt ]\d{1,2}:\d{2}:\d{2}(\.\d*)?( ?[-+]\d{2}:\d{2}|Z)?)?$/;
/** What is escaped: what Go does not print, and line breaks of which readers think differently. */
const SPECIAL = /[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]/;

function wouldNotBeText(text: string): boolean {
  if (text === '' || RESOLVED_WORDS.has(text)) return true;
  const digits = /^[-+\d]/.test(text) ? text.replaceAll('_', '') : text;
  return NUMBER.test(digits) || BASE_60.test(text) || TIMESTAMP.test(text);
}

function plainAllowed(text: string): boolean {
  if (/^(---|\.\.\.)/.test(text) || /^[#,[\]{}&*!|>'"%@`]/.test(text)) return false;
  if (/^[?:-]( |$)/.test(text) || /:( |$)| #/.test(text)) return false;
  return !text.startsWith(' ') && !text.endsWith(' ');
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\x85': '\\N',
  '\u2028': '\\L',
  '\u2029': '\\P',
};

function escaped(char: string): string {
  const known = ESCAPES[char];
  if (known) return known;
  if (!SPECIAL.test(char)) return char;
  const code = char.codePointAt(0) ?? 0;
  const hex = code.toString(16).toUpperCase();
  if (code > 0xffff) return `\\U${hex.padStart(8, '0')}`;
  return code <= 0xff ? `\\x${hex.padStart(2, '0')}` : `\\u${hex.padStart(4, '0')}`;
}

/** ScalarPlace is where a scalar is written: wrapped lines continue at `indent`. */
export interface ScalarPlace {
  /** The column in which the scalar begins. */
  readonly column: number;
  readonly indent: number;
  /** Mapping keys are never wrapped. */
  readonly isKey?: boolean;
}

const BEST_WIDTH = 80;

/** folded writes a text word by word and breaks at the first space after column 80, as Go's YAML. */
function folded(text: string, { column, indent, isKey }: ScalarPlace): string {
  if (isKey || column + text.length <= BEST_WIDTH) return text;
  let out = '';
  let at = column;
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index] ?? '';
    const single = char === ' ' && text[index + 1] !== ' ' && text[index - 1] !== ' ';
    if (single && at > BEST_WIDTH && index > 0 && index < text.length - 1) {
      out += `\n${' '.repeat(indent)}`;
      at = indent;
    } else {
      out += char;
      at += 1;
    }
  }
  return out;
}

function doubleQuoted(text: string, place: ScalarPlace): string {
  return folded(`"${[...text].map(escaped).join('')}"`, place);
}

function literal(text: string, indent: number): string {
  const body = text.replace(/\n+$/, '');
  const newlines = text.length - body.length;
  const chomp = newlines === 0 ? '-' : newlines === 1 && body !== '' ? '' : '+';
  const hint = /^[ \n]/.test(text) ? '2' : '';
  const pad = ' '.repeat(indent);
  const lines = text.split('\n');
  if (newlines > 0) lines.pop();
  return `|${hint}${chomp}\n${lines.map((line) => (line === '' ? '' : pad + line)).join('\n')}`;
}

/** yamlString writes a text in the style that Go's YAML library (yaml.v2) would choose. */
export function yamlString(text: string, place: ScalarPlace): string {
  if (SPECIAL.test(text)) return doubleQuoted(text, place);
  if (text.includes('\n')) {
    const blockAllowed = !place.isKey && !/ \n| $/.test(text);
    return blockAllowed ? literal(text, place.indent) : doubleQuoted(text, place);
  }
  if (wouldNotBeText(text)) return doubleQuoted(text, place);
  if (plainAllowed(text)) return folded(text, place);
  return folded(`'${text.replaceAll("'", "''")}'`, place);
}
