import { CliError } from '../../cli-error.ts';
import { FUNCTIONS, goText, isTrue } from './functions.ts';
import { type GoNode, type Pipeline, parseGoTemplate, type Term } from './parse.ts';

type Variables = Map<string, unknown>;

function below(value: unknown, path: readonly string[]): unknown {
  let current = value;
  for (const name of path) {
    if (current === null || current === undefined) return undefined;
    if (typeof current !== 'object' || Array.isArray(current))
      throw new CliError(
        `error executing template: can't evaluate field ${name} in type ${Array.isArray(current) ? '[]interface {}' : typeof current}`,
      );
    current = (current as Record<string, unknown>)[name];
  }
  return current;
}

class Execution {
  private out = '';

  run(nodes: readonly GoNode[], dot: unknown, variables: Variables): string {
    for (const node of nodes) this.node(node, dot, variables);
    return this.out;
  }

  private nested(nodes: readonly GoNode[], dot: unknown, variables: Variables): void {
    for (const node of nodes) this.node(node, dot, variables);
  }

  private node(node: GoNode, dot: unknown, variables: Variables): void {
    if (node.kind === 'text') this.out += node.text;
    else if (node.kind === 'print')
      this.out += goText(this.pipeline(node.pipeline, dot, variables));
    else if (node.kind === 'assign')
      variables.set(node.names[0] ?? '$', this.pipeline(node.pipeline, dot, variables));
    else if (node.kind === 'range') this.range(node, dot, variables);
    else {
      const value = this.pipeline(node.pipeline, dot, variables);
      const inner = new Map(variables);
      if (node.names[0]) inner.set(node.names[0], value);
      if (!isTrue(value)) this.nested(node.otherwise, dot, inner);
      else this.nested(node.body, node.kind === 'with' ? value : dot, inner);
    }
  }

  private range(
    node: Extract<GoNode, { kind: 'if' | 'range' | 'with' }>,
    dot: unknown,
    variables: Variables,
  ): void {
    const value = this.pipeline(node.pipeline, dot, variables) ?? [];
    const entries: [unknown, unknown][] = Array.isArray(value)
      ? value.map((item, index) => [index, item])
      : Object.entries(value as object).sort(([a], [b]) => (a < b ? -1 : 1));
    if (entries.length === 0) this.nested(node.otherwise, dot, variables);
    for (const [key, item] of entries) {
      const inner = new Map(variables);
      const [first, second] = node.names;
      if (second !== undefined) inner.set(first ?? '', key).set(second, item);
      else if (first !== undefined) inner.set(first, item);
      this.nested(node.body, item, inner);
    }
  }

  private term(term: Term, dot: unknown, variables: Variables): unknown {
    if (term.kind === 'literal') return term.value;
    if (term.kind === 'function') return this.call(term.name, []);
    if (term.kind === 'group')
      return below(this.pipeline(term.pipeline, dot, variables), term.path);
    if (term.base !== undefined && !variables.has(term.base))
      throw new CliError(`error parsing template: undefined variable ${JSON.stringify(term.base)}`);
    return below(term.base === undefined ? dot : variables.get(term.base), term.path);
  }

  private call(name: string, args: unknown[]): unknown {
    const run = FUNCTIONS[name];
    if (!run)
      throw new CliError(`error parsing template: function ${JSON.stringify(name)} not defined`);
    return run(...args);
  }

  private pipeline(pipeline: Pipeline, dot: unknown, variables: Variables): unknown {
    let value: unknown;
    pipeline.forEach((command, index) => {
      const [head, ...rest] = command;
      if (!head) return;
      const args = rest.map((one) => this.term(one, dot, variables));
      if (index > 0) args.push(value);
      value =
        head.kind === 'function' ? this.call(head.name, args) : this.term(head, dot, variables);
    });
    return value;
  }
}

/** newGoTemplate compiles a template as of `-o go-template=…` and answers its renderer. */
export function newGoTemplate(text: string): (value: unknown) => string {
  const nodes = parseGoTemplate(text);
  return (value) => new Execution().run(nodes, value, new Map([['$', value]]));
}
