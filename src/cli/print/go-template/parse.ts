import { CliError } from '../../cli-error.ts';

/** Term is a single operand of a pipeline. */
export type Term =
  | { readonly kind: 'literal'; readonly value: unknown }
  | { readonly kind: 'field'; readonly base: string | undefined; readonly path: readonly string[] }
  | { readonly kind: 'function'; readonly name: string }
  | { readonly kind: 'group'; readonly pipeline: Pipeline; readonly path: readonly string[] };

/** Pipeline is commands joined by `|`; each is a term or a function with arguments. */
export type Pipeline = readonly (readonly Term[])[];

/** GoNode is a node of a Go text/template. */
export type GoNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'print'; readonly pipeline: Pipeline }
  | { readonly kind: 'assign'; readonly names: readonly string[]; readonly pipeline: Pipeline }
  | {
      readonly kind: 'if' | 'range' | 'with';
      readonly names: readonly string[];
      readonly pipeline: Pipeline;
      readonly body: GoNode[];
      readonly otherwise: GoNode[];
    };

function fail(text: string): never {
  throw new CliError(`error parsing template: ${text}`);
}

function unexpected(word: string): CliError {
  return new CliError(`error parsing template: unexpected {{${word}}}`);
}

const TOKEN =
  /\s*("(?:[^"\\]|\\.)*"|`[^`]*`|-?\d+(?:\.\d+)?|:=|=|,|\||\(|\)(?:\.[\w.]+)?|\$?\w*(?:\.[\w-]+)+|\$\w*|\.|\w+)/y;

function tokens(text: string): string[] {
  const found: string[] = [];
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) return fail(`unexpected ${JSON.stringify(text.slice(at).trim()[0])} in operand`);
    found.push(match[1] ?? '');
  }
  return found;
}

const WORDS: Readonly<Record<string, unknown>> = { true: true, false: false, nil: null };

function term(token: string): Term {
  if (token.startsWith('"')) return { kind: 'literal', value: JSON.parse(token) };
  if (token.startsWith('`')) return { kind: 'literal', value: token.slice(1, -1) };
  if (/^-?\d/.test(token)) return { kind: 'literal', value: Number(token) };
  if (token in WORDS) return { kind: 'literal', value: WORDS[token] };
  if (token.startsWith('$') || token.startsWith('.')) {
    const [base = '', ...path] = token.split('.');
    return { kind: 'field', base: base === '' ? undefined : base, path: path.filter(Boolean) };
  }
  return { kind: 'function', name: token };
}

function parsePipeline(list: string[]): Pipeline {
  const commands: Term[][] = [[]];
  while (list.length > 0 && !list[0]?.startsWith(')')) {
    const token = list.shift() ?? '';
    if (token === '|') commands.push([]);
    else if (token === '(') {
      const pipeline = parsePipeline(list);
      const close = list.shift();
      if (!close) return fail('unclosed left paren');
      commands.at(-1)?.push({ kind: 'group', pipeline, path: close.split('.').slice(1) });
    } else commands.at(-1)?.push(term(token));
  }
  if (commands.some((one) => one.length === 0)) return fail('missing value for command');
  return commands;
}

function declaration(list: string[]): string[] {
  const end = list.findIndex((one) => one === ':=' || one === '=');
  if (end < 0) return [];
  return list
    .splice(0, end + 1)
    .slice(0, -1)
    .filter((one) => one !== ',');
}

interface Open {
  readonly node: Extract<GoNode, { kind: 'if' | 'range' | 'with' }>;
  readonly outer: GoNode[];
  /** `else if` opens blocks that the same `end` closes. */
  readonly chained: boolean;
}

class TemplateReader {
  private body: GoNode[] = [];
  private readonly stack: Open[] = [];

  open(kind: 'if' | 'range' | 'with', list: string[], chained: boolean): void {
    const names = declaration(list);
    const node: Open['node'] = {
      kind,
      names,
      pipeline: parsePipeline(list),
      body: [],
      otherwise: [],
    };
    this.body.push(node);
    this.stack.push({ node, outer: this.body, chained });
    this.body = node.body;
  }

  action(text: string): void {
    if (/^\/\*.*\*\/$/s.test(text)) return;
    const list = tokens(text);
    const [word] = list;
    if (word === 'if' || word === 'range' || word === 'with') this.open(word, list.slice(1), false);
    else if (word === 'else') this.otherwise(list.slice(1));
    else if (word === 'end') this.end();
    else {
      const names = declaration(list);
      const pipeline = parsePipeline(list);
      this.body.push(
        names.length > 0 ? { kind: 'assign', names, pipeline } : { kind: 'print', pipeline },
      );
    }
  }

  private otherwise(list: string[]): void {
    const top = this.stack.at(-1);
    if (!top) throw unexpected('else');
    this.body = top.node.otherwise;
    if (list[0] === 'if') this.open('if', list.slice(1), true);
  }

  private end(): void {
    const top = this.stack.pop();
    if (!top) throw unexpected('end');
    this.body = top.outer;
    if (top.chained) this.end();
  }

  text(text: string): void {
    if (text !== '') this.body.push({ kind: 'text', text });
  }

  finish(): GoNode[] {
    if (this.stack.length > 0) return fail('unexpected EOF');
    return this.body;
  }
}

/** parseGoTemplate reads the part of Go's text/template that command lines use. */
export function parseGoTemplate(text: string): GoNode[] {
  const reader = new TemplateReader();
  let trimNext = false;
  for (let at = 0; at <= text.length; ) {
    const open = text.indexOf('{{', at);
    let plain = text.slice(at, open < 0 ? text.length : open);
    if (trimNext) plain = plain.trimStart();
    if (open < 0) {
      reader.text(plain);
      break;
    }
    const close = text.indexOf('}}', open);
    if (close < 0) return fail('unclosed action');
    let action = text.slice(open + 2, close);
    if (/^-\s/.test(action)) {
      plain = plain.trimEnd();
      action = action.slice(1);
    }
    trimNext = /\s-$/.test(action);
    if (trimNext) action = action.slice(0, -1);
    reader.text(plain);
    reader.action(action.trim());
    at = close + 2;
  }
  return reader.finish();
}
