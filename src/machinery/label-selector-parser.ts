import {
  checkLabelKey,
  type LabelOperator,
  type LabelRequirement,
  newRequirement,
  SelectorError,
} from './label-requirement.ts';

type Kind = 'identifier' | 'end' | 'error' | ')' | '(' | ',' | '!' | '==' | '=' | '!=' | '>' | '<';
interface Token {
  readonly kind: Kind;
  readonly text: string;
}

const END: Token = { kind: 'end', text: '' };
const SPECIAL = new Set(['=', '!', '(', ')', ',', '>', '<']);
const SYMBOLS = new Set<string>([')', ',', '!', '==', '=', '>', '<', '!=', '(']);
const SPACE = /[ \t\r\n]/;

/** scan splits a selector into tokens; the longest symbol wins, words are everything else. */
function scan(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (SPACE.test(char)) {
      at += 1;
    } else if (SPECIAL.has(char)) {
      const pair = text.slice(at, at + 2);
      const symbol = SYMBOLS.has(pair) ? pair : char;
      tokens.push({ kind: symbol as Kind, text: symbol });
      at += symbol.length;
    } else {
      const start = at;
      while (at < text.length && !SPECIAL.has(text.charAt(at)) && !SPACE.test(text.charAt(at)))
        at += 1;
      tokens.push({ kind: 'identifier', text: text.slice(start, at) });
    }
  }
  tokens.push(END);
  return tokens;
}

const OPERATORS: Readonly<Record<string, LabelOperator>> = {
  in: 'in',
  notin: 'notin',
  '=': '=',
  '==': '==',
  '!=': '!=',
  '>': 'gt',
  '<': 'lt',
};

class Parser {
  readonly #tokens: readonly Token[];
  #position = 0;

  constructor(text: string) {
    this.#tokens = scan(text);
  }

  #peek(): Token {
    return this.#tokens[this.#position] ?? END;
  }

  #next(): Token {
    const token = this.#peek();
    this.#position += 1;
    return token;
  }

  parse(): LabelRequirement[] {
    const requirements: LabelRequirement[] = [];
    for (;;) {
      const token = this.#peek();
      if (token.kind === 'end') return requirements;
      if (token.kind !== 'identifier' && token.kind !== '!') {
        throw new SelectorError(
          `found '${token.text}', expected: !, identifier, or 'end of string'`,
        );
      }
      requirements.push(this.#parseWrapped());
      if (!this.#separator()) return requirements;
    }
  }

  #parseWrapped(): LabelRequirement {
    try {
      return this.#requirement();
    } catch (error) {
      if (!(error instanceof SelectorError)) throw error;
      throw new SelectorError(`unable to parse requirement: ${error.message}`, { cause: error });
    }
  }

  /** Answers whether another requirement follows. */
  #separator(): boolean {
    const token = this.#next();
    if (token.kind === 'end') return false;
    if (token.kind !== ',')
      throw new SelectorError(`found '${token.text}', expected: ',' or 'end of string'`);
    const after = this.#peek();
    if (after.kind !== 'identifier' && after.kind !== '!')
      throw new SelectorError(`found '${after.text}', expected: identifier after ','`);
    return true;
  }

  #requirement(): LabelRequirement {
    let token = this.#next();
    const negated = token.kind === '!';
    if (negated) token = this.#next();
    if (token.kind !== 'identifier')
      throw new SelectorError(`found '${token.text}', expected: identifier`);
    const key = token.text;
    checkLabelKey(key);
    if (negated) return newRequirement(key, '!', []);
    const { kind } = this.#peek();
    if (kind === 'end' || kind === ',') return newRequirement(key, 'exists', []);
    const operator = this.#operator();
    const values = operator === 'in' || operator === 'notin' ? this.#set() : [this.#exact()];
    return newRequirement(key, operator, [...new Set(values)].sort());
  }

  #operator(): LabelOperator {
    const token = this.#next();
    const operator = OPERATORS[token.text];
    if (operator === undefined)
      throw new SelectorError(`found '${token.text}', expected: in, notin, =, ==, !=, gt, lt`);
    return operator;
  }

  #exact(): string {
    const { kind } = this.#peek();
    if (kind === 'end' || kind === ',') return '';
    const token = this.#next();
    if (token.kind !== 'identifier')
      throw new SelectorError(`found '${token.text}', expected: identifier`);
    return token.text;
  }

  #set(): string[] {
    const open = this.#next();
    if (open.kind !== '(') throw new SelectorError(`found '${open.text}' expected: '('`);
    const first = this.#peek();
    if (first.kind === ')') {
      this.#next();
      return [''];
    }
    if (first.kind !== 'identifier' && first.kind !== ',')
      throw new SelectorError(`found '${first.text}', expected: ',', ')' or identifier`);
    return this.#members();
  }

  /** Members between commas; an empty place between or beside commas is the empty value. */
  #members(): string[] {
    const values: string[] = [];
    for (;;) {
      const token = this.#peek();
      if (token.kind === 'identifier') {
        values.push(this.#next().text);
      } else if (token.kind === ',' || token.kind === ')') {
        values.push('');
      } else {
        throw new SelectorError(`found '${token.text}', expected: ',', or identifier`);
      }
      const after = this.#next();
      if (after.kind === ')') return values;
      if (after.kind !== ',')
        throw new SelectorError(`found '${after.text}', expected: ',' or ')'`);
    }
  }
}

/**
 * parseRequirements reads the text form of a label selector (`a=b,c in (d,e),!f`) with upstream's
 * grammar; throws a SelectorError in upstream's words. The answer is sorted by key.
 */
export function parseRequirements(text: string): LabelRequirement[] {
  const requirements = new Parser(text).parse();
  return requirements.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}
