import { childrenOf, type Expression } from './syntax/expression.ts';
import { parseExpression } from './syntax/parser.ts';

function isSelection(node: Expression, name: string, field: string): boolean {
  if (node.kind === 'select') {
    const { operand } = node;
    return node.field === field && operand.kind === 'ident' && operand.name === name;
  }
  if (node.kind !== 'call' || node.name !== '_?._' || node.target) return false;
  const [operand, chosen] = node.args;
  const isChosen = chosen?.kind === 'literal' && chosen.value === field;
  return isChosen && operand?.kind === 'ident' && operand.name === name;
}

/** selectsField tells whether an expression that is right reads a field of a variable, such as `claims.email`. */
export function selectsField(text: string, name: string, field: string): boolean {
  const { expression } = parseExpression(text);
  const within = (node: Expression): boolean =>
    isSelection(node, name, field) || childrenOf(node).some(within);
  return expression !== undefined && within(expression);
}
