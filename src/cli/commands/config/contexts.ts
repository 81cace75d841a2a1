import { CliError, UsageError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { editKubeconfig, kubeconfigState } from '../../kubeconfig/edit-kubeconfig.ts';
import { entryNamed } from '../../kubeconfig/kubeconfig.ts';

function unexpected(args: readonly string[]): UsageError {
  return new UsageError(`Unexpected args: [${args.join(' ')}]`);
}

async function show(invocation: Invocation): Promise<void> {
  const { merged } = await kubeconfigState(invocation);
  const name = merged['current-context'];
  if (!name) throw new CliError('current-context is not set');
  invocation.io.out(`${name}\n`);
}

async function use(invocation: Invocation): Promise<void> {
  const { args, io } = invocation;
  const [name, ...more] = args;
  if (name === undefined || more.length > 0) throw unexpected(args);
  if (name === '') throw new CliError('empty context names are not allowed');
  const state = await kubeconfigState(invocation);
  if (!entryNamed(state.merged.contexts, name))
    throw new CliError(`no context exists with the name: ${JSON.stringify(name)}`);
  await editKubeconfig(state, [{ currentContext: name }]);
  io.out(`Switched to context ${JSON.stringify(name)}.\n`);
}

async function rename(invocation: Invocation): Promise<void> {
  const { args, io } = invocation;
  const [from, to, ...more] = args;
  if (from === undefined || to === undefined || more.length > 0) throw unexpected(args);
  if (to === '') throw new CliError('You must specify a new non-empty context name');
  const state = await kubeconfigState(invocation);
  const old = entryNamed(state.merged.contexts, from);
  const refusal = `cannot rename the context ${JSON.stringify(from)},`;
  if (!old) throw new CliError(`${refusal} it's not in ${state.defaultPath}`);
  if (entryNamed(state.merged.contexts, to))
    throw new CliError(
      `${refusal} the context ${JSON.stringify(to)} already exists in ${state.defaultPath}`,
    );
  await editKubeconfig(state, [
    { list: 'contexts', name: from },
    { list: 'contexts', name: to, value: old.context ?? {} },
    ...(state.merged['current-context'] === from ? [{ currentContext: to }] : []),
  ]);
  io.out(`Context ${JSON.stringify(from)} renamed to ${JSON.stringify(to)}.\n`);
}

export const currentContextCommand: Command = {
  use: 'current-context',
  offline: true,
  long: 'Display the current-context.',
  examples: '# Display the current-context\n{program} config current-context',
  run: show,
};

export const useContextCommand: Command = {
  use: 'use-context CONTEXT_NAME',
  offline: true,
  long: 'Set the current-context in a kubeconfig file.',
  examples: '# Use the context for the minikube cluster\n{program} config use-context minikube',
  run: use,
};

export const renameContextCommand: Command = {
  use: 'rename-context CONTEXT_NAME NEW_NAME',
  offline: true,
  long: `Renames a context from the kubeconfig file.

 CONTEXT_NAME is the context name that you want to change.

 NEW_NAME is the new name you want to set.

 Note: If the context being renamed is the 'current-context', this field will also be updated.`,
  examples:
    "# Rename the context 'old-name' to 'new-name' in your kubeconfig file\n{program} config rename-context old-name new-name",
  run: rename,
};
