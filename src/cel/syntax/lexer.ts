import type { Issue } from './source.ts';

/** TokenKind: operators and brackets are their own kind. */
export type TokenKind =
  | 'NUM_FLOAT'
  | 'NUM_INT'
  | 'NUM_UINT'
  | 'STRING'
  | 'BYTES'
  | 'IDENTIFIER'
  | 'ESC_IDENTIFIER'
  | '<EOF>'
  | Symbol;

type Symbol =
  | '=='
  | '!='
  | 'in'
  | '<'
  | '<='
  | '>='
  | '>'
  | '&&'
  | '||'
  | '['
  | ']'
  | '{'
  | '}'
  | '('
  | ')'
  | '.'
  | ','
  | '-'
  | '!'
  | '?'
  | ':'
  | '+'
  | '*'
  | '/'
  | '%'
  | 'true'
  | 'false'
  | 'null';

/** Token is a word of an expression; `at` is its offset. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly at: number;
}

const ESCAPE =
  String.raw`\\(?:[abfnrtv"'\\?` +
  '`' +
  String.raw`]|[0-3][0-7][0-7]|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})`;
const STRING_FORMS = [
  String.raw`[rR]"""[^]*?"""`,
  String.raw`[rR]'''[^]*?'''`,
  String.raw`[rR]"[^"\n\r]*"`,
  String.raw`[rR]'[^'\n\r]*'`,
  `"""(?:${ESCAPE}|[^\\\\])*?"""`,
  `'''(?:${ESCAPE}|[^\\\\])*?'''`,
  `"(?:${ESCAPE}|[^\\\\"\\n\\r])*"`,
  `'(?:${ESCAPE}|[^\\\\'\\n\\r])*'`,
].join('|');

const SPACE = /(?:[\t \r\n\f]+|\/\/[^\n]*)+/y;
const RULES: readonly (readonly [TokenKind, RegExp])[] = [
  ['BYTES', new RegExp(`[bB](?:${STRING_FORMS})`, 'y')],
  ['STRING', new RegExp(STRING_FORMS, 'y')],
  ['NUM_FLOAT', /\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?/y],
  ['NUM_UINT', /0x[0-9a-fA-F]+[uU]|\d+[uU]/y],
  ['NUM_INT', /0x[0-9a-fA-F]+|\d+/y],
  ['IDENTIFIER', /[A-Za-z_][A-Za-z0-9_]*/y],
  ['ESC_IDENTIFIER', /`[A-Za-z0-9_.\-/ ]+`/y],
];
const SYMBOL = /==|!=|<=|>=|&&|\|\||[<>[\]{}().,\-!?:+*/%]/y;
const WORDS: ReadonlySet<string> = new Set(['in', 'true', 'false', 'null']);

function matchAt(rule: RegExp, text: string, at: number): string | undefined {
  rule.lastIndex = at;
  return rule.exec(text)?.[0];
}

function nextToken(text: string, at: number): Token | undefined {
  for (const [kind, rule] of RULES) {
    const found = matchAt(rule, text, at);
    if (found === undefined) continue;
    const own = kind === 'IDENTIFIER' && WORDS.has(found) ? (found as TokenKind) : kind;
    return { kind: own, text: found, at };
  }
  const symbol = matchAt(SYMBOL, text, at);
  return symbol === undefined ? undefined : { kind: symbol as TokenKind, text: symbol, at };
}

/** tokenize splits an expression into tokens; the last is `<EOF>`. What is no token is an issue. */
export function tokenize(text: string, issues: Issue[]): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const space = matchAt(SPACE, text, at);
    if (space !== undefined) {
      at += space.length;
      continue;
    }
    const token = nextToken(text, at);
    if (token) {
      tokens.push(token);
      at += token.text.length;
      continue;
    }
    const wrong = wrongText(text, at);
    issues.push({ at, message: `Syntax error: token recognition error at: '${wrong}'` });
    at += wrong.length;
  }
  tokens.push({ kind: '<EOF>', text: '<EOF>', at: text.length });
  return tokens;
}

/** What cannot begin a token: a string that does not end goes to the end of its line. */
function wrongText(text: string, at: number): string {
  const quote = /[bB]?[rR]?["'][^\n]*/y;
  const open = matchAt(quote, text, at);
  if (open !== undefined) return open;
  return String.fromCodePoint(text.codePointAt(at) ?? 0);
}
