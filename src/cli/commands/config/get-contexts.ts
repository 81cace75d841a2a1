import { CliError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { boolFlag, stringFlag } from '../../flags/flag-spec.ts';
import { kubeconfigState } from '../../kubeconfig/edit-kubeconfig.ts';
import { entryNamed, type Kubeconfig } from '../../kubeconfig/kubeconfig.ts';
import { TABLE_LAYOUT, TabWriter } from '../../print/tab-writer.ts';

const HEADERS = ['CURRENT', 'NAME', 'CLUSTER', 'AUTHINFO', 'NAMESPACE'];

function rowOf(merged: Kubeconfig, name: string): string[] {
  const {
    cluster = '',
    user = '',
    namespace = '',
  } = entryNamed(merged.contexts, name)?.context ?? {};
  return [merged['current-context'] === name ? '*' : ' ', name, cluster, user, namespace];
}

async function run(invocation: Invocation): Promise<void> {
  const { args, io, flags } = invocation;
  const output = flags.string('output');
  if (output !== '' && output !== 'name')
    throw new CliError(
      `--output ${output} is not available in kubectl config get-contexts; resetting to default output format`,
    );
  const { merged } = await kubeconfigState(invocation);
  const all = (merged.contexts ?? []).map(({ name }) => name);
  const wanted = args.length > 0 ? args : all;
  const found = wanted.filter((name) => all.includes(name)).sort();
  if (output === 'name') io.out(found.map((name) => `${name}\n`).join(''));
  else {
    const rows = found.map((name) => rowOf(merged, name));
    if (!flags.bool('no-headers')) rows.unshift(HEADERS);
    const text = rows.map((row) => `${row.join('\t')}\n`).join('');
    if (text !== '') io.out(new TabWriter(TABLE_LAYOUT).format(text));
  }
  const missing = wanted.filter((name) => !all.includes(name));
  if (missing.length > 0)
    throw new AggregateError(missing.map((name) => new CliError(`context ${name} not found`)));
}

export const command: Command = {
  use: 'get-contexts [(-o|--output=)name)]',
  offline: true,
  long: 'Display one or many contexts from the kubeconfig file.',
  examples: `# List all the contexts in your kubeconfig file
{program} config get-contexts

# Describe one context in your kubeconfig file
{program} config get-contexts my-context`,
  flags: [
    boolFlag(
      'no-headers',
      "When using the default or custom-column output format, don't print headers (default print headers).",
    ),
    stringFlag('output', 'Output format. One of: (name).', { short: 'o' }),
  ],
  run,
};
