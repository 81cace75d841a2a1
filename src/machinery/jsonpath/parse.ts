import { JsonPathError } from './json-path-error.ts';

/** PathStep is one step of a JSONPath expression. */
export type PathStep =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'recursive' }
  | { readonly kind: 'root' }
  | { readonly kind: 'slice'; readonly from?: number; readonly to?: number; readonly step?: number }
  | { readonly kind: 'index'; readonly at: number }
  | { readonly kind: 'union'; readonly steps: readonly PathStep[] }
  | {
      readonly kind: 'filter';
      readonly left: Operand;
      readonly op: string;
      readonly right: Operand;
    };

/** Operand is one side of a filter: a path below `@`, or a literal. */
export type Operand =
  | { readonly kind: 'path'; readonly steps: readonly PathStep[] }
  | { readonly kind: 'literal'; readonly value: string | number | boolean };

/** TemplateNode is a part of a JSONPath template. */
export type TemplateNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'path'; readonly steps: readonly PathStep[] }
  | {
      readonly kind: 'range';
      readonly steps: readonly PathStep[];
      readonly body: readonly TemplateNode[];
    };

function fail(text: string): never {
  throw new JsonPathError(`error parsing jsonpath ${text}`);
}

function unquote(text: string): string {
  const body = text.slice(1, -1);
  return body.replace(/\\(.)/g, (_, char: string) =>
    char === 'n' ? '\n' : char === 't' ? '\t' : char === 'r' ? '\r' : char,
  );
}

function operand(text: string): Operand {
  const trimmed = text.trim();
  if (/^(['"]).*\1$/s.test(trimmed)) return { kind: 'literal', value: unquote(trimmed) };
  if (/^-?\d+(\.\d+)?$/.test(trimmed)) return { kind: 'literal', value: Number(trimmed) };
  if (trimmed === 'true' || trimmed === 'false')
    return { kind: 'literal', value: trimmed === 'true' };
  return { kind: 'path', steps: parsePath(trimmed) };
}

function filter(text: string): PathStep {
  const match = /^(.*?)\s*(==|!=|>=|<=|>|<)\s*(.*)$/s.exec(text);
  if (!match) return { kind: 'filter', left: operand(text), op: 'exists', right: operand('true') };
  const [, left = '', op = '', right = ''] = match;
  return { kind: 'filter', left: operand(left), op, right: operand(right) };
}

function bracketStep(text: string): PathStep {
  if (text === '*') return { kind: 'wildcard' };
  if (/^(['"]).*\1$/s.test(text) && !/['"]\s*,\s*['"]/.test(text))
    return { kind: 'field', name: unquote(text) };
  if (text.includes(',') && !text.includes('('))
    return { kind: 'union', steps: text.split(',').map((one) => bracketStep(one.trim())) };
  const call = /^\?\((.*)\)$/s.exec(text);
  if (call) return filter(call[1] ?? '');
  const slice = /^(-?\d*):(-?\d*)(?::(-?\d+))?$/.exec(text);
  if (slice) {
    const [, from, to, step] = slice;
    return {
      kind: 'slice',
      ...(from ? { from: Number(from) } : {}),
      ...(to ? { to: Number(to) } : {}),
      ...(step ? { step: Number(step) } : {}),
    };
  }
  if (/^-?\d+$/.test(text)) return { kind: 'index', at: Number(text) };
  return fail(`invalid array index ${text}`);
}

function bracketEnd(text: string, from: number): number {
  let quote = '';
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (quote !== '') {
      if (char === quote) quote = '';
    } else if (char === "'" || char === '"') quote = char;
    else if (char === '[') depth += 1;
    else if (char === ']' && --depth === 0) return at;
  }
  return fail(`${text}, unterminated array`);
}

/** parsePath reads one expression such as `.items[*].metadata.name`. */
function parsePath(text: string): PathStep[] {
  const steps: PathStep[] = [];
  for (let at = 0; at < text.length; ) {
    const rest = text.slice(at);
    if (rest.startsWith('..')) {
      steps.push({ kind: 'recursive' });
      at += text[at + 2] === '[' ? 2 : 1;
    } else if (rest[0] === '$' || rest[0] === '@') {
      if (rest[0] === '$') steps.push({ kind: 'root' });
      at += 1;
    } else if (rest[0] === '[') {
      const end = bracketEnd(text, at);
      steps.push(bracketStep(text.slice(at + 1, end).trim()));
      at = end + 1;
    } else {
      const [whole = '', name = ''] = /^\.?((?:\\.|[^.[\]\s\\])*)/.exec(rest) ?? [];
      if (whole === '') return fail(`unrecognized character in action: ${JSON.stringify(rest[0])}`);
      if (name === '*') steps.push({ kind: 'wildcard' });
      else if (name !== '') steps.push({ kind: 'field', name: name.replace(/\\(.)/g, '$1') });
      at += whole.length;
    }
  }
  return steps;
}

function actionEnd(text: string, from: number): number {
  let quote = '';
  for (let at = from; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (quote !== '') {
      if (char === '\\') at += 1;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '}') return at;
  }
  return fail(`${text}, unclosed action`);
}

/** parseTemplate reads a whole template of text and `{…}` actions, `{range …}{end}` included. */
export function parseTemplate(text: string): TemplateNode[] {
  const stack: { steps: PathStep[]; body: TemplateNode[] }[] = [];
  let body: TemplateNode[] = [];
  for (let at = 0; at < text.length; ) {
    const open = text.indexOf('{', at);
    const upTo = open < 0 ? text.length : open;
    if (upTo > at) body.push({ kind: 'text', text: text.slice(at, upTo) });
    if (open < 0) break;
    const close = actionEnd(text, open + 1);
    const action = text.slice(open + 1, close).trim();
    at = close + 1;
    if (action.startsWith('range ')) {
      stack.push({ steps: parsePath(action.slice(6).trim()), body });
      body = [];
    } else if (action === 'end') {
      const outer = stack.pop();
      if (!outer) return fail(`${text}, not in range, nothing to end`);
      outer.body.push({ kind: 'range', steps: outer.steps, body });
      body = outer.body;
    } else if (/^(["']).*\1$/s.test(action)) body.push({ kind: 'text', text: unquote(action) });
    else if (action !== '') body.push({ kind: 'path', steps: parsePath(action) });
  }
  if (stack.length > 0) return fail(`${text}, unclosed range`);
  return body;
}
