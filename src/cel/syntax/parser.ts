import type { Expression, MapEntryNode, StructFieldNode } from './expression.ts';
import { qualifiedName } from './expression.ts';
import { type Token, type TokenKind, tokenize } from './lexer.ts';
import { LITERAL_NAMES, literalOf } from './literals.ts';
import { expandMacro, MacroError } from './macros.ts';
import type { Issue } from './source.ts';
import { quoted, Stop, TokenStream } from './token-stream.ts';

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
  const parser = new Parser(new TokenStream(tokenize(text, issues), issues), hasBindings);
  const expression = parser.parse();
  if (expression === undefined || issues.length > 0) return { expression: undefined, issues };
  return { expression, issues: [] };
}

class Parser {
  readonly #tokens: TokenStream;
  #depth = 0;
  readonly #hasBindings: boolean;

  constructor(tokens: TokenStream, hasBindings: boolean) {
    this.#hasBindings = hasBindings;
    this.#tokens = tokens;
  }

  parse(): Expression | undefined {
    try {
      const expression = this.#expression();
      if (this.#tokens.first.kind !== '<EOF>') this.#expect('<EOF>');
      return expression;
    } catch (error) {
      if (error instanceof Stop) return undefined;
      throw error;
    }
  }

  #expect(kind: TokenKind, follow?: ReadonlySet<TokenKind>): Token {
    return this.#tokens.expect(kind, { follow, isOutermost: this.#depth <= 1 });
  }

  #expression(): Expression {
    if (++this.#depth > MAX_DEPTH) this.#tokens.fail(-1, 'max recursion depth exceeded');
    const condition = this.#or();
    const question = this.#tokens.accept('?');
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
    for (let op = this.#tokens.accept('||'); op; op = this.#tokens.accept('||'))
      left = this.#call(op.at, '_||_', [left, this.#and()]);
    return left;
  }

  #and(): Expression {
    let left = this.#binary(0);
    for (let op = this.#tokens.accept('&&'); op; op = this.#tokens.accept('&&'))
      left = this.#call(op.at, '_&&_', [left, this.#binary(0)]);
    return left;
  }

  #binary(level: number): Expression {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    while (operators.has(this.#tokens.first.kind)) {
      const { kind, at } = this.#tokens.take();
      const name = kind === 'in' ? '@in' : `_${kind}_`;
      left = this.#call(at, name, [left, this.#binary(level + 1)]);
    }
    return left;
  }

  #unary(): Expression {
    const { kind, at } = this.#tokens.first;
    if (kind === '-' && this.#isNumber(this.#tokens.peek(1))) return this.#member();
    if (kind !== '!' && kind !== '-') return this.#member();
    let count = 0;
    while (
      this.#tokens.first.kind === kind &&
      !(kind === '-' && count > 0 && this.#isNumber(this.#tokens.peek(1)))
    ) {
      this.#tokens.take();
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
      if (this.#tokens.first.kind === '.') node = this.#dotted(node);
      else if (this.#tokens.first.kind === '[') node = this.#indexed(node);
      else if (this.#tokens.first.kind === '{' && qualifiedName(node) !== undefined)
        node = this.#struct(qualifiedName(node) ?? '');
      else return node;
    }
  }

  #dotted(operand: Expression): Expression {
    const { at } = this.#tokens.take();
    const optional = this.#tokens.accept('?');
    if (this.#tokens.first.kind === 'ESC_IDENTIFIER')
      this.#tokens.fail(this.#tokens.first.at, "unsupported syntax: '`'");
    const name = this.#fieldName();
    if (optional) {
      const field: Expression = { kind: 'literal', at: name.at, value: name.text };
      return this.#call(at, '_?._', [operand, field]);
    }
    if (this.#tokens.first.kind !== '(')
      return { kind: 'select', at, operand, field: name.text, test: false };
    const open = this.#tokens.take();
    const args = this.#arguments();
    return this.#macroOrCall(open.at, name.text, operand, args);
  }

  /** Closes a list of things separated by commas. */
  #close(kind: TokenKind): void {
    const token = this.#tokens.first;
    if (token.kind === '<EOF>')
      this.#tokens.fail(
        token.at,
        `Syntax error: mismatched input '<EOF>' expecting {${quoted(kind)}, ','}`,
      );
    this.#expect(kind);
  }

  #fieldName(): Token {
    const token = this.#tokens.first;
    if (token.kind === 'IDENTIFIER') return this.#tokens.take();
    const shown = `'${token.text}'`;
    const wanted = /^(?:true|false|null)$/.test(token.text)
      ? 'IDENTIFIER'
      : token.kind === 'in' || this.#tokens.peek(-1).kind === '?'
        ? '{IDENTIFIER, ESC_IDENTIFIER}'
        : undefined;
    if (wanted !== undefined)
      this.#tokens.fail(token.at, `Syntax error: mismatched input ${shown} expecting ${wanted}`);
    const input = token.kind === '<EOF>' ? "'.'" : `'.${token.text}'`;
    this.#tokens.fail(token.at, `Syntax error: no viable alternative at input ${input}`);
  }

  #indexed(operand: Expression): Expression {
    const { at } = this.#tokens.take();
    const optional = this.#tokens.accept('?');
    const index = this.#expression();
    this.#expect(']');
    return this.#call(at, optional ? '_[?_]' : '_[_]', [operand, index]);
  }

  #arguments(): readonly Expression[] {
    const args: Expression[] = [];
    if (this.#tokens.accept(')')) return args;
    do args.push(this.#expression());
    while (this.#tokens.accept(','));
    this.#expect(')');
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
      this.#tokens.report(error.at, error.message);
      return { kind: 'literal', at, value: null };
    }
  }

  #primary(): Expression {
    const token = this.#tokens.first;
    if (!FIRST_SET.has(token.kind)) return this.#unexpected(token);
    switch (token.kind) {
      case '(': {
        this.#tokens.take();
        const inner = this.#expression();
        this.#expect(')');
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

  #unexpected(token: Token): Expression {
    const kind =
      FIRST_SET.has(this.#tokens.peek(1).kind) && token.kind !== '<EOF>'
        ? 'extraneous'
        : 'mismatched';
    const expected = `{${FIRST.map(quoted).join(', ')}}`;
    const message = `Syntax error: ${kind} input '${token.text}' expecting ${expected}`;
    if (kind === 'mismatched') this.#tokens.fail(token.at, message);
    this.#tokens.report(token.at, message);
    this.#tokens.take();
    return this.#unary();
  }

  #name(): Expression {
    const dot = this.#tokens.accept('.');
    const name = dot ? this.#expect('IDENTIFIER') : this.#tokens.take();
    if (RESERVED.has(name.text))
      this.#tokens.report(dot?.at ?? name.at, `reserved identifier: ${name.text}`);
    if (this.#tokens.first.kind === '(') {
      const open = this.#tokens.take();
      return this.#macroOrCall(open.at, name.text, undefined, this.#arguments());
    }
    return { kind: 'ident', at: name.at, name: name.text };
  }

  #literal(): Expression {
    const first = this.#tokens.take();
    const negative = first.kind === '-';
    const token = negative ? this.#tokens.take() : first;
    const value = literalOf(token, negative);
    if (value === undefined) {
      this.#tokens.report(first.at, `invalid ${LITERAL_NAMES[token.kind] ?? 'string'} literal`);
      return { kind: 'literal', at: first.at, value: null };
    }
    return { kind: 'literal', at: first.at, value };
  }

  #list(): Expression {
    const { at } = this.#tokens.take();
    const elements: Expression[] = [];
    const optional = new Set<number>();
    while (this.#tokens.first.kind !== ']') {
      if (this.#tokens.first.kind === ',' && this.#tokens.peek(1).kind === ']') {
        this.#tokens.take();
        break;
      }
      if (this.#tokens.accept('?')) optional.add(elements.length);
      elements.push(this.#expression());
      if (!this.#tokens.accept(',')) break;
    }
    this.#close(']');
    return { kind: 'list', at, elements, optional };
  }

  #map(): Expression {
    const { at } = this.#tokens.take();
    const entries: MapEntryNode[] = [];
    while (this.#tokens.first.kind !== '}') {
      const optional = this.#tokens.accept('?') !== undefined;
      const key = this.#expression();
      const colon = this.#expect(':', FIRST_SET);
      entries.push({ at: colon.at, key, value: this.#expression(), optional });
      if (!this.#tokens.accept(',')) break;
    }
    this.#expect('}');
    return { kind: 'map', at, entries };
  }

  #struct(name: string): Expression {
    const { at } = this.#tokens.take();
    const fields: StructFieldNode[] = [];
    while (this.#tokens.first.kind !== '}') {
      const optional = this.#tokens.accept('?') !== undefined;
      const field = this.#expect('IDENTIFIER');
      const colon = this.#expect(':', FIRST_SET);
      fields.push({ at: colon.at, name: field.text, value: this.#expression(), optional });
      if (!this.#tokens.accept(',')) break;
    }
    this.#expect('}');
    return { kind: 'struct', at, name, fields };
  }
}
