import type { Checked } from './checker.ts';
import { formatIssues } from './format-check.ts';
import { regexProblem } from './library/regex.ts';
import { type CallNode, childrenOf, type Expression } from './syntax/expression.ts';
import type { Issue } from './syntax/source.ts';
import { type CelType, formatType, sameType, unwrapOptional } from './types/type.ts';
import { Duration, Timestamp } from './values/time.ts';

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

interface Typed {
  readonly node: Expression;
  readonly type: CelType;
}

/** Elements that are not of the type of the first. */
function mixed(elements: readonly Typed[]): Issue[] {
  const [first, ...rest] = elements;
  if (!first) return [];
  return rest
    .filter(({ type }) => !sameType(type, first.type))
    .map(({ node, type }) => ({
      at: node.at,
      message: `expected type '${formatType(first.type)}' but found '${formatType(type)}'`,
    }));
}

function mixedIn(node: Expression, checked: Checked): readonly Issue[] {
  const typed = (one: Expression, optional: boolean): Typed => {
    const type = checked.typeOf(one);
    return { node: one, type: optional ? (unwrapOptional(type) ?? type) : type };
  };
  if (node.kind === 'list')
    return mixed(node.elements.map((one, at) => typed(one, node.optional.has(at)))).slice(0, 1);
  if (node.kind !== 'map') return [];
  return [
    ...mixed(node.entries.map(({ key }) => typed(key, false))),
    ...mixed(node.entries.map(({ value, optional }) => typed(value, optional))),
  ];
}

/**
 * literalIssues finds what the checker lets pass but no evaluation could: wrong durations,
 * timestamps, patterns and formats, and lists and maps of several types (which only the arguments
 * of `format` may be).
 */
export function literalIssues(expression: Expression, checked: Checked): readonly Issue[] {
  const issues: Issue[] = [];
  const visit = (node: Expression, free: boolean): void => {
    if (node.kind === 'call') {
      const last = node.args.at(-1);
      if (last?.kind === 'literal' && typeof last.value === 'string' && isWrong(node, last.value))
        issues.push({ at: last.at, message: `invalid ${node.name} argument` });
      issues.push(...formatIssues(node, checked));
    }
    if (!free) issues.push(...mixedIn(node, checked));
    const inFormat = free || (node.kind === 'call' && node.name === 'format');
    for (const child of childrenOf(node)) visit(child, inFormat);
  };
  visit(expression, false);
  return issues;
}
