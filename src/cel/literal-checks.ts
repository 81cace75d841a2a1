import { regexProblem } from './library/regex.ts';
import type { CallNode, Expression } from './syntax/expression.ts';
import type { Issue } from './syntax/source.ts';
import { Duration, Timestamp } from './values/time.ts';

/** childrenOf answers the nodes directly below a node. */
export function childrenOf(node: Expression): readonly Expression[] {
  switch (node.kind) {
    case 'literal':
    case 'ident':
      return [];
    case 'select':
      return [node.operand];
    case 'call':
      return node.target ? [node.target, ...node.args] : node.args;
    case 'list':
      return node.elements;
    case 'map':
      return node.entries.flatMap(({ key, value }) => [key, value]);
    case 'struct':
      return node.fields.map(({ value }) => value);
    case 'fold':
      return [node.range, node.initial, node.condition, node.step, node.result];
  }
}

function isWrong(node: CallNode, text: string): boolean {
  switch (node.name) {
    case 'duration':
      return Duration.parse(text) === undefined;
    case 'timestamp':
      return Timestamp.parse(text) === undefined;
    case 'matches':
      return regexProblem(text) !== undefined;
    default:
      return false;
  }
}

/** literalIssues finds durations, timestamps and regular expressions that no value could mend. */
export function literalIssues(expression: Expression): readonly Issue[] {
  const issues: Issue[] = [];
  const visit = (node: Expression): void => {
    const last = node.kind === 'call' ? node.args.at(-1) : undefined;
    if (node.kind === 'call' && last?.kind === 'literal' && typeof last.value === 'string')
      if (isWrong(node, last.value))
        issues.push({ at: last.at, message: `invalid ${node.name} argument` });
    for (const child of childrenOf(node)) visit(child);
  };
  visit(expression);
  return issues;
}
