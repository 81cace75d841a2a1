import type { Invocation } from '../command.ts';
import { type ContextEntry, entryNamed, type Kubeconfig, putEntry } from './kubeconfig.ts';
import { kubeconfigPaths, mergeKubeconfigs, writeKubeconfigFile } from './kubeconfig-files.ts';

/** contextNickname is the name that `oc` gives to the context of a project: `NS/CLUSTER/USER`. */
export function contextNickname(context: ContextEntry): string {
  const [user = ''] = (context.user ?? '').split('/');
  return `${context.namespace ?? ''}/${context.cluster ?? ''}/${user}`;
}

/** currentContext is the context in use; undefined when the kubeconfig names none that exists. */
export async function currentContext({
  session,
  flags,
}: Invocation): Promise<{ readonly name: string; readonly context: ContextEntry } | undefined> {
  const merged = mergeKubeconfigs(await session.files());
  const name = flags.string('context') || merged['current-context'];
  const context = entryNamed(merged.contexts, name)?.context;
  return name && context ? { name, context } : undefined;
}

/**
 * changeKubeconfig writes a change into the file that holds the current context, or else the first
 * file of the configuration.
 */
export async function changeKubeconfig(
  { session, flags, io }: Invocation,
  change: (config: Kubeconfig) => Kubeconfig,
): Promise<void> {
  const files = await session.files();
  const holder = files.find(({ config }) => config['current-context']) ?? files[0];
  const path = holder?.path ?? kubeconfigPaths(flags.string('kubeconfig'), io)[0] ?? '';
  await writeKubeconfigFile(path, change(holder?.config ?? {}));
}

/** useProject makes a project the current one, and answers the name of its context. */
export async function useProject(invocation: Invocation, namespace: string): Promise<string> {
  const connection = await invocation.session.connection();
  const current = await currentContext(invocation);
  const context: ContextEntry = {
    cluster: connection.clusterName || current?.context.cluster || '',
    namespace,
    user: connection.userName || current?.context.user || '',
  };
  const name = contextNickname(context);
  await changeKubeconfig(invocation, (config) => ({
    ...config,
    contexts: putEntry(config.contexts, { name, context }),
    'current-context': name,
  }));
  return name;
}
