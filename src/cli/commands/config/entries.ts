import { CliError, UsageError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { editKubeconfig, kubeconfigState } from '../../kubeconfig/edit-kubeconfig.ts';
import { entryNamed } from '../../kubeconfig/kubeconfig.ts';

type ListName = 'clusters' | 'contexts' | 'users';

async function printNames(list: ListName, invocation: Invocation): Promise<void> {
  const { merged } = await kubeconfigState(invocation);
  const names = (merged[list] ?? []).map(({ name }) => name).sort();
  invocation.io.out(['NAME', ...names].map((name) => `${name}\n`).join(''));
}

async function remove(list: ListName, invocation: Invocation): Promise<void> {
  const { args, io } = invocation;
  const kind = list.slice(0, -1);
  const [name, ...more] = args;
  if (name === undefined || more.length > 0) throw new UsageError(`${kind} to delete is required`);
  const state = await kubeconfigState(invocation);
  if (!entryNamed<{ name: string }>(state.merged[list], name))
    throw new CliError(`cannot delete ${kind} ${name}, not in ${state.defaultPath}`);
  if (list === 'contexts' && state.merged['current-context'] === name)
    io.err(
      `warning: this removed your active context, use "${io.program} config use-context" to select a different one\n`,
    );
  await editKubeconfig(state, [{ list, name }]);
  io.out(`deleted ${kind} ${name} from ${state.defaultPath}\n`);
}

function deleteCommand(list: ListName, example: string): Command {
  const kind = list.slice(0, -1);
  return {
    use: `delete-${kind} NAME`,
    offline: true,
    long: `Delete the specified ${kind} from the kubeconfig.`,
    examples: `# Delete the minikube ${kind}\n{program} config delete-${kind} ${example}`,
    run: (invocation) => remove(list, invocation),
  };
}

function listCommand(list: 'clusters' | 'users'): Command {
  return {
    use: `get-${list}`,
    offline: true,
    long: `Display ${list} defined in the kubeconfig.`,
    examples: `# List the ${list} that {program} knows about\n{program} config get-${list}`,
    run: (invocation) => printNames(list, invocation),
  };
}

export const deleteClusterCommand = deleteCommand('clusters', 'minikube');
export const deleteContextCommand = deleteCommand('contexts', 'minikube');
export const deleteUserCommand = deleteCommand('users', 'minikube');
export const getClustersCommand = listCommand('clusters');
export const getUsersCommand = listCommand('users');
