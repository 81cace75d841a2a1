import type { Checked } from './checker.ts';
import type { CallNode, Expression } from './syntax/expression.ts';
import type { Issue } from './syntax/source.ts';
import { type CelType, isDyn } from './types/type.ts';

const CLAUSE = /%(%|(?:\.\d+)?([a-zA-Z]))|%/g;
const INTEGERS = ['int', 'uint'];
const SHOWN = 'string bool bytes int uint double duration timestamp type null list map'.split(' ');

/** What the clauses of a format take, and how upstream says what they do not. */
const RULES: Readonly<Record<string, readonly [kinds: readonly string[], rule: string]>> = {
  s: [
    SHOWN,
    'string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps',
  ],
  d: [INTEGERS, 'decimal clause can only be used on integers'],
  f: [['double'], 'fixed-point clause can only be used on doubles'],
  e: [['double'], 'scientific clause can only be used on doubles'],
  b: [[...INTEGERS, 'bool'], 'only integers and bools can be formatted as binary'],
  o: [INTEGERS, 'octal clause can only be used on integers'],
  x: [
    [...INTEGERS, 'string', 'bytes'],
    'only integers, byte buffers, and strings can be formatted as hex',
  ],
};

function argumentIssue(verb: string, arg: Expression, type: CelType): Issue | undefined {
  const [kinds, rule] = RULES[verb.toLowerCase()] ?? [];
  if (!kinds || isDyn(type) || type.kind === 'error' || kinds.includes(type.kind)) return undefined;
  return { at: arg.at, message: `error during formatting: ${rule}, was given ${type.name}` };
}

/** formatIssues checks `'…'.format([…])` where both are written out. */
export function formatIssues(node: CallNode, checked: Checked): readonly Issue[] {
  const { target } = node;
  const [list] = node.args;
  if (node.name !== 'format' || target?.kind !== 'literal' || list?.kind !== 'list') return [];
  if (typeof target.value !== 'string') return [];
  let next = 0;
  for (const [clause, , verb] of target.value.matchAll(CLAUSE)) {
    if (clause === '%%') continue;
    const arg = list.elements[next];
    if (verb === undefined) return [{ at: node.at, message: 'unexpected end of string' }];
    if (!(verb.toLowerCase() in RULES)) {
      const message = `could not parse formatting clause: unrecognized formatting clause "${verb}"`;
      return [{ at: node.at, message }];
    }
    if (!arg) return [{ at: node.at, message: `index ${next} out of range` }];
    const issue = argumentIssue(verb, arg, checked.typeOf(arg));
    if (issue) return [issue];
    next++;
  }
  const given = list.elements.length;
  if (given <= next) return [];
  const message = `too many arguments supplied to string.format (expected ${next}, got ${given})`;
  return [{ at: node.at, message }];
}
