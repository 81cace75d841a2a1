/** AcceptClause is one media type of an Accept header, with its parameters but for `q`. */
export interface AcceptClause {
  readonly type: string;
  readonly subtype: string;
  readonly parameters: Readonly<Record<string, string>>;
}

interface Weighed extends AcceptClause {
  readonly weight: number;
}

const trimmed = (text: string) => text.replace(/^ +| +$/g, '');

function parametersOf(parts: readonly string[]): { weight: number; parameters: object } {
  const parameters: Record<string, string> = {};
  let weight = 1;
  for (const part of parts) {
    const [name = '', value = '', ...rest] = part.split('=');
    if (value === '' || rest.length > 0) continue;
    if (trimmed(name) !== 'q') parameters[trimmed(name)] = trimmed(value);
    // What is no number counts nothing.
    else weight = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) ? Number(value) : 0;
  }
  return { weight, parameters };
}

function clauseOf(text: string): Weighed | undefined {
  const [name = '', ...rest] = trimmed(text).split(';');
  const [type = '', subtype = '', ...more] = name.split('/').map(trimmed);
  const isAll = type === '*' && !name.includes('/');
  if (more.length > 0 || (subtype === '' && !isAll)) return undefined;
  const { weight, parameters } = parametersOf(rest);
  return {
    type,
    subtype: subtype || '*',
    weight,
    parameters: parameters as Record<string, string>,
  };
}

function comesBefore(one: Weighed, other: Weighed): boolean {
  if (one.weight > other.weight) return true;
  if (one.type !== '*' && other.type === '*') return true;
  return one.subtype !== '*' && other.subtype === '*';
}

/**
 * acceptClauses reads an Accept header: the clauses with the greatest `q` first, wildcards last. The
 * order is that of upstream's reader (goautoneg), which puts a clause before a neighbour that it
 * precedes by any of both rules; what is no media type is left out.
 */
export function acceptClauses(header: string): AcceptClause[] {
  const sorted: Weighed[] = [];
  for (const text of header.split(',')) {
    const clause = clauseOf(text);
    if (!clause) continue;
    let at = sorted.length;
    for (; at > 0; at -= 1) {
      const before = sorted[at - 1];
      if (!before || !comesBefore(clause, before)) break;
    }
    sorted.splice(at, 0, clause);
  }
  return sorted;
}
