import type { Token, TokenKind } from './lexer.ts';
import type { Issue } from './source.ts';

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

/** Stop stops the parser at an error after which nothing can be understood; the issue is noted. */
export class Stop extends Error {}

/** quoted is a kind of token as ANTLR names it. */
export function quoted(kind: TokenKind): string {
  return NAMED.has(kind) ? kind : `'${kind}'`;
}

/** Expected says of a token that must be there what helps to go on without it. */
export interface Expected {
  /** The tokens that may follow it: before one of those it counts as forgotten. */
  readonly follow?: ReadonlySet<TokenKind> | undefined;
  /** Whether the end of the text may close it. */
  readonly isOutermost: boolean;
}

/** TokenStream is the tokens of an expression, taken one by one; it notes what is wrong with them. */
export class TokenStream {
  readonly #tokens: readonly Token[];
  readonly #issues: Issue[];
  #next = 0;

  constructor(tokens: readonly Token[], issues: Issue[]) {
    this.#tokens = tokens;
    this.#issues = issues;
  }

  /** first is the token that is to be taken next. */
  get first(): Token {
    return this.peek(0);
  }

  /** peek answers a token ahead of the first, or behind it. */
  peek(ahead: number): Token {
    const last = this.#tokens.length - 1;
    const token = this.#tokens[Math.min(this.#next + ahead, last)];
    if (token === undefined) throw new Stop();
    return token;
  }

  take(): Token {
    const token = this.first;
    this.#next++;
    return token;
  }

  /** accept takes the first token where it is of a kind. */
  accept(kind: TokenKind): Token | undefined {
    return this.first.kind === kind ? this.take() : undefined;
  }

  report(at: number, message: string): void {
    this.#issues.push({ at, message });
  }

  fail(at: number, message: string): never {
    this.report(at, message);
    throw new Stop();
  }

  /** expect takes a token that must be there; it reports in ANTLR's words and goes on where ANTLR would. */
  expect(kind: TokenKind, { follow, isOutermost }: Expected): Token {
    const token = this.first;
    if (token.kind === kind) return this.take();
    const shown = `'${token.text}'`;
    if (this.peek(1).kind === kind && token.kind !== '<EOF>') {
      this.report(token.at, `Syntax error: extraneous input ${shown} expecting ${quoted(kind)}`);
      this.take();
      return this.take();
    }
    const atEnd = token.kind === '<EOF>' && kind === ')' && isOutermost;
    if (follow?.has(token.kind) || atEnd) {
      this.report(token.at, `Syntax error: missing ${quoted(kind)} at ${shown}`);
      return { kind, text: `<missing ${quoted(kind)}>`, at: token.at };
    }
    this.fail(token.at, `Syntax error: mismatched input ${shown} expecting ${quoted(kind)}`);
  }
}
