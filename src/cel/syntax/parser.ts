import type { Value } from '../values/value.ts';
import type { Expression, MapEntryNode, StructFieldNode } from './expression.ts';
import { qualifiedName } from './expression.ts';
import { type Token, type TokenKind, tokenize } from './lexer.ts';
import { readBytes, readInt, readString, readUint } from './literals.ts';
import { expandMacro, MacroError } from './macros.ts';
import type { Issue } from './source.ts';

const MAX_POINTS = 100_000;
const MAX_DEPTH = 250;
const RESERVED: ReadonlySet<string> = new Set(
  (
    'as break const continue else false for function if import in let loop package namespace ' +
    'null return true var void while'
  ).split(' '),
);
const FIRST: readonly TokenKind[] = [
  '[',
  '{',
  '(',
  '.',
  '-',
  '!',
  'true',
  'false',
  'null',
  'NUM_FLOAT',
  'NUM_INT',
  'NUM_UINT',
  'STRING',
  'BYTES',
  'IDENTIFIER',
];
const FIRST_SET: ReadonlySet<TokenKind> = new Set(FIRST);
const LEVELS: readonly ReadonlySet<TokenKind>[] = [
  new Set<TokenKind>(['<', '<=', '>=', '>', '==', '!=', 'in']),
  new Set<TokenKind>(['+', '-']),
  new Set<TokenKind>(['*', '/', '%']),
];
const NAMED: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'NUM_FLOAT',
  'NUM_INT',
  'NUM_UINT',
  'STRING',
  'BYTES',
  'IDENTIFIER',
  'ESC_IDENTIFIER',
  '<EOF>',
]);

/** Stops the parser at an error after which nothing can be understood; the issue is noted. */
class Stop extends Error {}

/** Parsed is an expression, or why there is none. */
export type Parsed =
  | { readonly expression: Expression; readonly issues: readonly [] }
  | { readonly expression: undefined; readonly issues: readonly Issue[] };

/** parseExpression reads an expression and expands its macros; errors have cel-go's words. */
export function parseExpression(text: string, hasBindings = false): Parsed {
  const points = text.length > MAX_POINTS ? Array.from(text).length : text.length;
  if (points > MAX_POINTS) {
    const message = `expression code point size exceeds limit: size: ${points}, limit ${MAX_POINTS}`;
    return { expression: undefined, issues: [{ at: -1, message }] };
  }
  const issues: Issue[] = [];
  const parser = new Parser(tokenize(text, issues), issues, hasBindings);
  const expression = parser.parse();
  if (expression === undefined || issues.length > 0) return { expression: undefined, issues };
  return { expression, issues: [] };
}

function quoted(kind: TokenKind): string {
  return NAMED.has(kind) ? kind : `'${kind}'`;
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #issues: Issue[];
  #next = 0;
  #depth = 0;
  readonly #hasBindings: boolean;

  constructor(tokens: readonly Token[], issues: Issue[], hasBindings: boolean) {
    this.#hasBindings = hasBindings;
    this.#tokens = tokens;
    this.#issues = issues;
  }

  parse(): Expression | undefined {
    try {
      const expression = this.#expression();
      if (this.#token.kind !== '<EOF>') this.#expect('<EOF>', new Set());
      return expression;
    } catch (error) {
      if (error instanceof Stop) return undefined;
      throw error;
    }
  }

  get #token(): Token {
    return this.#peek(0);
  }

  #peek(ahead: number): Token {
    const last = this.#tokens.length - 1;
    const token = this.#tokens[Math.min(this.#next + ahead, last)];
    if (token === undefined) throw new Stop();
    return token;
  }

  #take(): Token {
    const token = this.#token;
    this.#next++;
    return token;
  }

  #accept(kind: TokenKind): Token | undefined {
    return this.#token.kind === kind ? this.#take() : undefined;
  }

  #report(at: number, message: string): void {
    this.#issues.push({ at, message });
  }

  #fail(at: number, message: string): never {
    this.#report(at, message);
    throw new Stop();
  }

  /** Takes a token that must be there; reports in ANTLR's words and goes on where ANTLR would. */
  #expect(kind: TokenKind, follow: ReadonlySet<TokenKind>): Token {
    const token = this.#token;
    if (token.kind === kind) return this.#take();
    const shown = `'${token.text}'`;
    if (this.#peek(1).kind === kind && token.kind !== '<EOF>') {
      this.#report(token.at, `Syntax error: extraneous input ${shown} expecting ${quoted(kind)}`);
      this.#next++;
      return this.#take();
    }
    const atEnd = token.kind === '<EOF>' && kind === ')' && this.#depth <= 1;
    if (follow.has(token.kind) || atEnd) {
      this.#report(token.at, `Syntax error: missing ${quoted(kind)} at ${shown}`);
      return { kind, text: `<missing ${quoted(kind)}>`, at: token.at };
    }
    this.#fail(token.at, `Syntax error: mismatched input ${shown} expecting ${quoted(kind)}`);
  }

  #expression(): Expression {
    if (++this.#depth > MAX_DEPTH) this.#fail(-1, 'max recursion depth exceeded');
    const condition = this.#or();
    const question = this.#accept('?');
    if (!question) {
      this.#depth--;
      return condition;
    }
    const yes = this.#or();
    this.#expect(':', FIRST_SET);
    const no = this.#expression();
    this.#depth--;
    return this.#call(question.at, '_?_:_', [condition, yes, no]);
  }

  #call(at: number, name: string, args: readonly Expression[]): Expression {
    return { kind: 'call', at, name, target: undefined, args };
  }

  #or(): Expression {
    let left = this.#and();
    for (let op = this.#accept('||'); op; op = this.#accept('||'))
      left = this.#call(op.at, '_||_', [left, this.#and()]);
    return left;
  }

  #and(): Expression {
    let left = this.#binary(0);
    for (let op = this.#accept('&&'); op; op = this.#accept('&&'))
      left = this.#call(op.at, '_&&_', [left, this.#binary(0)]);
    return left;
  }

  #binary(level: number): Expression {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    while (operators.has(this.#token.kind)) {
      const { kind, at } = this.#take();
      const name = kind === 'in' ? '@in' : `_${kind}_`;
      left = this.#call(at, name, [left, this.#binary(level + 1)]);
    }
    return left;
  }

  #unary(): Expression {
    const { kind, at } = this.#token;
    if (kind === '-' && this.#isNumber(this.#peek(1))) return this.#member();
    if (kind !== '!' && kind !== '-') return this.#member();
    let count = 0;
    while (
      this.#token.kind === kind &&
      !(kind === '-' && count > 0 && this.#isNumber(this.#peek(1)))
    ) {
      this.#next++;
      count++;
    }
    const operand = this.#member();
    return count % 2 === 0 ? operand : this.#call(at, kind === '!' ? '!_' : '-_', [operand]);
  }

  #isNumber({ kind }: Token): boolean {
    return kind === 'NUM_INT' || kind === 'NUM_FLOAT';
  }

  #member(): Expression {
    let node = this.#primary();
    for (;;) {
      if (this.#token.kind === '.') node = this.#dotted(node);
      else if (this.#token.kind === '[') node = this.#indexed(node);
      else if (this.#token.kind === '{' && qualifiedName(node) !== undefined)
        node = this.#struct(qualifiedName(node) ?? '');
      else return node;
    }
  }

  #dotted(operand: Expression): Expression {
    const { at } = this.#take();
    const optional = this.#accept('?');
    if (this.#token.kind === 'ESC_IDENTIFIER')
      this.#fail(this.#token.at, "unsupported syntax: '`'");
    const name = this.#fieldName();
    if (optional) {
      const field: Expression = { kind: 'literal', at: name.at, value: name.text };
      return this.#call(at, '_?._', [operand, field]);
    }
    if (this.#token.kind !== '(')
      return { kind: 'select', at, operand, field: name.text, test: false };
    const open = this.#take();
    const args = this.#arguments();
    return this.#macroOrCall(open.at, name.text, operand, args);
  }

  /** Closes a list of things separated by commas. */
  #close(kind: TokenKind): void {
    const token = this.#token;
    if (token.kind === '<EOF>')
      this.#fail(
        token.at,
        `Syntax error: mismatched input '<EOF>' expecting {${quoted(kind)}, ','}`,
      );
    this.#expect(kind, new Set());
  }

  #fieldName(): Token {
    const token = this.#token;
    if (token.kind === 'IDENTIFIER') return this.#take();
    const shown = `'${token.text}'`;
    const wanted = /^(?:true|false|null)$/.test(token.text)
      ? 'IDENTIFIER'
      : token.kind === 'in' || this.#peek(-1).kind === '?'
        ? '{IDENTIFIER, ESC_IDENTIFIER}'
        : undefined;
    if (wanted !== undefined)
      this.#fail(token.at, `Syntax error: mismatched input ${shown} expecting ${wanted}`);
    const input = token.kind === '<EOF>' ? "'.'" : `'.${token.text}'`;
    this.#fail(token.at, `Syntax error: no viable alternative at input ${input}`);
  }

  #indexed(operand: Expression): Expression {
    const { at } = this.#take();
    const optional = this.#accept('?');
    const index = this.#expression();
    this.#expect(']', new Set());
    return this.#call(at, optional ? '_[?_]' : '_[_]', [operand, index]);
  }

  #arguments(): readonly Expression[] {
    const args: Expression[] = [];
    if (this.#accept(')')) return args;
    do args.push(this.#expression());
    while (this.#accept(','));
    this.#expect(')', new Set());
    return args;
  }

  #macroOrCall(
    at: number,
    name: string,
    target: Expression | undefined,
    args: readonly Expression[],
  ): Expression {
    try {
      const expanded = expandMacro({ at, name, target, args }, this.#hasBindings);
      return expanded ?? { kind: 'call', at, name, target, args };
    } catch (error) {
      if (!(error instanceof MacroError)) throw error;
      this.#report(error.at, error.message);
      return { kind: 'literal', at, value: null };
    }
  }

  #primary(): Expression {
    const token = this.#token;
    if (!FIRST_SET.has(token.kind)) return this.#unexpected(token);
    switch (token.kind) {
      case '(': {
        this.#next++;
        const inner = this.#expression();
        this.#expect(')', new Set());
        return inner;
      }
      case '[':
        return this.#list();
      case '{':
        return this.#map();
      case '.':
      case 'IDENTIFIER':
        return this.#name();
      default:
        return this.#literal();
    }
  }

  #unexpected(token: Token, _more: readonly TokenKind[] = []): Expression {
    const kind =
      FIRST_SET.has(this.#peek(1).kind) && token.kind !== '<EOF>' ? 'extraneous' : 'mismatched';
    const expected = `{${FIRST.map(quoted).join(', ')}}`;
    const message = `Syntax error: ${kind} input '${token.text}' expecting ${expected}`;
    if (kind === 'mismatched') this.#fail(token.at, message);
    this.#report(token.at, message);
    this.#next++;
    return this.#unary();
  }

  #name(): Expression {
    const dot = this.#accept('.');
    const name = dot ? this.#expect('IDENTIFIER', new Set()) : this.#take();
    if (RESERVED.has(name.text))
      this.#report(dot?.at ?? name.at, `reserved identifier: ${name.text}`);
    if (this.#token.kind === '(') {
      const open = this.#take();
      return this.#macroOrCall(open.at, name.text, undefined, this.#arguments());
    }
    return { kind: 'ident', at: name.at, name: name.text };
  }

  #literal(): Expression {
    const first = this.#take();
    const negative = first.kind === '-';
    const token = negative ? this.#take() : first;
    const value = literalOf(token, negative);
    if (value === undefined) {
      this.#report(first.at, `invalid ${LITERAL_NAMES[token.kind] ?? 'string'} literal`);
      return { kind: 'literal', at: first.at, value: null };
    }
    return { kind: 'literal', at: first.at, value };
  }

  #list(): Expression {
    const { at } = this.#take();
    const elements: Expression[] = [];
    const optional = new Set<number>();
    while (this.#token.kind !== ']') {
      if (this.#token.kind === ',' && this.#peek(1).kind === ']') {
        this.#next++;
        break;
      }
      if (this.#accept('?')) optional.add(elements.length);
      elements.push(this.#expression());
      if (!this.#accept(',')) break;
    }
    this.#close(']');
    return { kind: 'list', at, elements, optional };
  }

  #map(): Expression {
    const { at } = this.#take();
    const entries: MapEntryNode[] = [];
    while (this.#token.kind !== '}') {
      const optional = this.#accept('?') !== undefined;
      const key = this.#expression();
      const colon = this.#expect(':', FIRST_SET);
      entries.push({ at: colon.at, key, value: this.#expression(), optional });
      if (!this.#accept(',')) break;
    }
    this.#expect('}', new Set());
    return { kind: 'map', at, entries };
  }

  #struct(name: string): Expression {
    const { at } = this.#take();
    const fields: StructFieldNode[] = [];
    while (this.#token.kind !== '}') {
      const optional = this.#accept('?') !== undefined;
      const field = this.#expect('IDENTIFIER', new Set());
      const colon = this.#expect(':', FIRST_SET);
      fields.push({ at: colon.at, name: field.text, value: this.#expression(), optional });
      if (!this.#accept(',')) break;
    }
    this.#expect('}', new Set());
    return { kind: 'struct', at, name, fields };
  }
}

const LITERAL_NAMES: Partial<Record<TokenKind, string>> = {
  NUM_INT: 'int',
  NUM_UINT: 'uint',
  NUM_FLOAT: 'double',
};

function literalOf({ kind, text }: Token, negative: boolean): Value | undefined {
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
