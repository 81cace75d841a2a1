import { apiVersionOf } from '../../../machinery/object.ts';
import { CliError, UsageError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import type { Mapping } from '../../discovery/mapping.ts';
import { boolFlag, sliceFlag, stringFlag } from '../../flags/flag-spec.ts';
import { TABLE_LAYOUT, TabWriter } from '../../print/tab-writer.ts';

const SORT_KEYS: Readonly<Record<string, (one: Mapping) => string>> = {
  '': ({ group, resource }) => `${group}/${resource}`,
  name: ({ resource }) => resource,
  kind: ({ kind }) => kind,
};

function wanted({ flags }: Invocation): (one: Mapping) => boolean {
  const verbs = flags.list('verbs');
  const categories = flags.list('categories');
  return (one) =>
    (!flags.changed('api-group') || one.group === flags.string('api-group')) &&
    (!flags.changed('namespaced') || one.namespaced === flags.bool('namespaced')) &&
    verbs.every((verb) => one.verbs.includes(verb)) &&
    categories.every((category) => one.categories.includes(category));
}

function rowOf(one: Mapping, isWide: boolean): string[] {
  const row = [
    one.resource,
    one.shortNames.join(','),
    apiVersionOf(one),
    String(one.namespaced),
    one.kind,
  ];
  return isWide ? [...row, one.verbs.join(','), one.categories.join(',')] : row;
}

async function run(invocation: Invocation): Promise<void> {
  const { session, io, flags, args } = invocation;
  if (args.length > 0) throw new UsageError(`unexpected arguments: [${args.join(' ')}]`);
  const output = flags.string('output');
  if (output !== '' && output !== 'wide' && output !== 'name')
    throw new CliError(`--output ${output} is not available`);
  const keyOf = SORT_KEYS[flags.string('sort-by')];
  if (!keyOf) throw new CliError('--sort-by accepts only name or kind');
  const seen = new Set<string>();
  const all = flags.bool('cached')
    ? await session.discovery.all()
    : await session.discovery.refresh();
  const mappings = all
    .filter(wanted(invocation))
    .filter(({ resource, group }) => {
      const key = `${resource}.${group}`;
      return !seen.has(key) && Boolean(seen.add(key));
    })
    .toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  if (output === 'name') {
    for (const { resource, group } of mappings)
      io.out(`${group ? `${resource}.${group}` : resource}\n`);
    return;
  }
  const isWide = output === 'wide';
  const headers = ['NAME', 'SHORTNAMES', 'APIVERSION', 'NAMESPACED', 'KIND'];
  if (isWide) headers.push('VERBS', 'CATEGORIES');
  const rows = mappings.map((one) => rowOf(one, isWide));
  if (!flags.bool('no-headers')) rows.unshift(headers);
  if (rows.length === 0) return;
  io.out(new TabWriter(TABLE_LAYOUT).format(`${rows.map((row) => row.join('\t')).join('\n')}\n`));
}

export const command: Command = {
  use: 'api-resources',
  long: 'Print the supported API resources on the server.',
  examples: '# Print the supported API resources\n{program} api-resources',
  flags: [
    stringFlag('api-group', 'Limit to resources in the specified API group.'),
    boolFlag('cached', 'Use the cached list of resources if available.'),
    sliceFlag('categories', 'Limit to resources that belong the the specified categories.'),
    boolFlag(
      'namespaced',
      'If false, non-namespaced resources will be returned, otherwise returning namespaced resources by default.',
      { default: true },
    ),
    boolFlag(
      'no-headers',
      "When using the default or custom-column output format, don't print headers (default print headers).",
    ),
    stringFlag('output', 'Output format. One of: (wide, name).', { short: 'o' }),
    stringFlag(
      'sort-by',
      "If non-empty, sort list of resources using specified field. The field can be either 'name' or 'kind'.",
    ),
    sliceFlag('verbs', 'Limit to resources that support the specified verbs.'),
  ],
  run,
};

export const apiVersionsCommand: Command = {
  use: 'api-versions',
  long: 'Print the supported API versions on the server, in the form of "group/version".',
  examples: '# Print the supported API versions\n{program} api-versions',
  run: async ({ session, io }) => {
    const versions = new Set((await session.discovery.refresh()).map(apiVersionOf));
    io.out(
      [...versions]
        .sort()
        .map((one) => `${one}\n`)
        .join(''),
    );
  },
};
