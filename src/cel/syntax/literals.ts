import { Uint, type Value } from '../values/value.ts';
import type { Token, TokenKind } from './lexer.ts';

const MAX_INT = 2n ** 63n - 1n;
const MIN_INT = -(2n ** 63n);
const MAX_UINT = 2n ** 64n - 1n;

/** readInt reads an integer literal with its sign; undefined when it does not fit in 64 bits. */
function readInt(text: string, negative: boolean): bigint | undefined {
  const value = negative ? -BigInt(text) : BigInt(text);
  return value > MAX_INT || value < MIN_INT ? undefined : value;
}

/** readUint reads a literal such as `12u`; undefined when it does not fit in 64 bits. */
function readUint(text: string): Uint | undefined {
  const value = BigInt(text.slice(0, -1));
  return value > MAX_UINT ? undefined : new Uint(value);
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};
const ESCAPE =
  /\\(?:([abfnrtv"'\\?`])|([0-3][0-7][0-7])|[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/g;

interface Body {
  readonly text: string;
  readonly raw: boolean;
}

function bodyOf(literal: string): Body {
  const raw = /^[rR]/.test(literal);
  const quoted = (raw ? literal.slice(1) : literal).replaceAll(/\r\n?/g, '\n');
  const width = quoted.startsWith('"""') || quoted.startsWith("'''") ? 3 : 1;
  return { text: quoted.slice(width, -width), raw };
}

/** readString reads a string literal; undefined when an escape is no character. */
function readString(literal: string): string | undefined {
  const { text, raw } = bodyOf(literal);
  if (raw) return text;
  let valid = true;
  const read = text.replaceAll(ESCAPE, (_, plain, octal, hex, short, long) => {
    if (plain !== undefined) return ESCAPES[plain] ?? plain;
    const point = octal !== undefined ? parseInt(octal, 8) : parseInt(hex ?? short ?? long, 16);
    const isCharacter = point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff);
    if (!isCharacter) valid = false;
    return isCharacter ? String.fromCodePoint(point) : '';
  });
  return valid ? read : undefined;
}

const UTF8 = new TextEncoder();

/** readBytes reads a bytes literal: escapes of two hex or three octal digits are single bytes. */
function readBytes(literal: string): Uint8Array {
  const { text, raw } = bodyOf(literal.slice(1));
  if (raw) return UTF8.encode(text);
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const found of text.matchAll(ESCAPE)) {
    parts.push(UTF8.encode(text.slice(from, found.index)));
    from = found.index + found[0].length;
    const [, plain, octal, hex, short, long] = found;
    if (plain !== undefined) parts.push(UTF8.encode(ESCAPES[plain] ?? plain));
    else if (octal !== undefined) parts.push(Uint8Array.of(parseInt(octal, 8)));
    else if (hex !== undefined) parts.push(Uint8Array.of(parseInt(hex, 16)));
    else parts.push(UTF8.encode(String.fromCodePoint(parseInt(short ?? long ?? '0', 16))));
  }
  parts.push(UTF8.encode(text.slice(from)));
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

/** LITERAL_NAMES are the kinds of literals as errors name them; all others are strings. */
export const LITERAL_NAMES: Partial<Record<TokenKind, string>> = {
  NUM_INT: 'int',
  NUM_UINT: 'uint',
  NUM_FLOAT: 'double',
};

/** literalOf answers the value of a token that is a literal; undefined where it is none. */
export function literalOf({ kind, text }: Token, negative: boolean): Value | undefined {
  switch (kind) {
    case 'NUM_INT':
      return readInt(text, negative);
    case 'NUM_UINT':
      return readUint(text);
    case 'NUM_FLOAT': {
      const value = Number(negative ? `-${text}` : text);
      return Number.isFinite(value) ? value : undefined;
    }
    case 'STRING':
      return readString(text);
    case 'BYTES':
      return readBytes(text);
    case 'true':
      return true;
    case 'false':
      return false;
    default:
      return null;
  }
}
