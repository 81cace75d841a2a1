import { TABLE_LAYOUT, TabWriter } from '../../print/tab-writer.ts';

/** AccessRule is a rule of a SelfSubjectRulesReview. */
export interface AccessRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

interface Row {
  readonly resource: string;
  readonly paths: readonly string[];
  readonly names: readonly string[];
  readonly verbs: string[];
}

function resourceText(resource: string, group: string): string {
  const [name = '', subresource] = resource.split('/', 2);
  const qualified = group === '' ? name : `${name}.${group}`;
  return subresource === undefined ? qualified : `${qualified}/${subresource}`;
}

function* rowsOf(rule: AccessRule): Generator<Row> {
  const names = rule.resourceNames?.length ? rule.resourceNames.map((one) => [one]) : [[]];
  for (const group of rule.apiGroups ?? [])
    for (const resource of rule.resources ?? [])
      for (const name of names)
        yield {
          resource: resourceText(resource, group),
          paths: [],
          names: name,
          verbs: [...rule.verbs],
        };
  for (const path of rule.nonResourceURLs ?? [])
    for (const verb of rule.verbs) yield { resource: '', paths: [path], names: [], verbs: [verb] };
}

/** compact joins rows about the same thing, their verbs in the order in which they came. */
function compact(rows: Iterable<Row>): Row[] {
  const byThing = new Map<string, Row>();
  const rest: Row[] = [];
  for (const row of rows) {
    const key = JSON.stringify([row.resource, row.names]);
    const old = row.resource === '' ? undefined : byThing.get(key);
    if (old) old.verbs.push(...row.verbs.filter((verb) => !old.verbs.includes(verb)));
    else if (row.resource === '') rest.push(row);
    else byThing.set(key, row);
  }
  return [...rest, ...byThing.values()];
}

const list = (items: readonly string[]) => `[${items.join(' ')}]`;
const order = ({ verbs, resource, names, paths }: Row) =>
  [list(verbs), resource, list(names), list(paths)].join(',');

/** rulesTable is the table of `auth can-i --list`: one line for each resource or path. */
export function rulesTable(rules: readonly AccessRule[], withHeaders: boolean): string {
  const rows = compact(rules.flatMap((rule) => [...rowsOf(rule)]))
    .toSorted((a, b) => (order(a) < order(b) ? -1 : 1))
    .map(({ resource, paths, names, verbs }) => [resource, list(paths), list(names), list(verbs)]);
  if (withHeaders) rows.unshift(['Resources', 'Non-Resource URLs', 'Resource Names', 'Verbs']);
  if (rows.length === 0) return '';
  return new TabWriter(TABLE_LAYOUT).format(`${rows.map((row) => row.join('\t')).join('\n')}\n`);
}
