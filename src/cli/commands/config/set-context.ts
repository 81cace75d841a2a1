import { CliError, UsageError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { boolFlag } from '../../flags/flag-spec.ts';
import { editKubeconfig, kubeconfigState } from '../../kubeconfig/edit-kubeconfig.ts';
import { type ContextEntry, entryNamed } from '../../kubeconfig/kubeconfig.ts';

async function run(invocation: Invocation): Promise<void> {
  const { args, io, flags } = invocation;
  const [given = '', ...more] = args;
  if (more.length > 0) throw new UsageError(`Unexpected args: [${args.join(' ')}]`);
  const isCurrent = flags.bool('current');
  if (given === '' && !isCurrent)
    throw new CliError('you must specify a non-empty context name or --current');
  if (given !== '' && isCurrent)
    throw new CliError('you cannot specify both a context name and --current');
  const state = await kubeconfigState(invocation);
  const name = isCurrent ? state.merged['current-context'] : given;
  if (!name) throw new CliError('no current context is set');
  const old = entryNamed(state.merged.contexts, name);
  const value: ContextEntry = { ...old?.context };
  for (const field of ['cluster', 'user', 'namespace'] as const)
    if (flags.changed(field)) value[field] = flags.string(field);
  await editKubeconfig(state, [{ list: 'contexts', name, value }]);
  io.out(`Context ${JSON.stringify(name)} ${old ? 'modified' : 'created'}.\n`);
}

export const command: Command = {
  use: 'set-context [NAME | --current] [--cluster=cluster_nickname] [--user=user_nickname] [--namespace=namespace]',
  offline: true,
  long: `Set a context entry in kubeconfig.

 Specifying a name that already exists will merge new fields on top of existing values for those fields.`,
  examples:
    '# Set the user field on the gce context entry without touching other values\n{program} config set-context gce --user=cluster-admin',
  flags: [boolFlag('current', 'Modify the current context')],
  run,
};
