import type { Invocation } from '../command.ts';
import {
  type ClusterEntry,
  type ContextEntry,
  entryNamed,
  type Kubeconfig,
  putEntry,
  type UserEntry,
} from './kubeconfig.ts';
import {
  type KubeconfigFile,
  kubeconfigPaths,
  mergeKubeconfigs,
  writeKubeconfigFile,
} from './kubeconfig-files.ts';

type ListName = 'clusters' | 'contexts' | 'users';

/** KubeconfigEdit is one change: an entry that is put or, without a value, removed; or the current context. */
export type KubeconfigEdit =
  | { readonly list: 'clusters'; readonly name: string; readonly value?: ClusterEntry }
  | { readonly list: 'contexts'; readonly name: string; readonly value?: ContextEntry }
  | { readonly list: 'users'; readonly name: string; readonly value?: UserEntry }
  | { readonly currentContext: string };

/** KubeconfigState is the configuration as the commands of `config` see it. */
export interface KubeconfigState {
  readonly files: readonly KubeconfigFile[];
  readonly merged: Kubeconfig;
  /** The file that new entries go to. */
  readonly defaultPath: string;
}

function isMissing(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}

/** kubeconfigState reads the configuration; a file of `--kubeconfig` that is not there yet is empty. */
export async function kubeconfigState({
  session,
  flags,
  io,
}: Invocation): Promise<KubeconfigState> {
  let files: readonly KubeconfigFile[] = [];
  try {
    files = await session.files();
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  const paths = kubeconfigPaths(flags.string('kubeconfig'), io);
  const defaultPath = files[0]?.path ?? paths.at(-1) ?? '';
  return { files, merged: mergeKubeconfigs(files), defaultPath };
}

function has(config: Kubeconfig, list: ListName, name: string): boolean {
  return Boolean(entryNamed<{ name: string }>(config[list], name));
}

function applied(config: Kubeconfig, edit: KubeconfigEdit): Kubeconfig {
  if ('currentContext' in edit) return { ...config, 'current-context': edit.currentContext };
  const { list, name } = edit;
  if (!edit.value) {
    const rest = (config[list] ?? []).filter((one) => one.name !== name);
    return { ...config, [list]: rest };
  }
  switch (edit.list) {
    case 'clusters':
      return { ...config, clusters: putEntry(config.clusters, { name, cluster: edit.value }) };
    case 'contexts':
      return { ...config, contexts: putEntry(config.contexts, { name, context: edit.value }) };
    case 'users':
      return { ...config, users: putEntry(config.users, { name, user: edit.value }) };
  }
}

function holds(config: Kubeconfig, edit: KubeconfigEdit): boolean {
  if ('currentContext' in edit) return Boolean(config['current-context']);
  return has(config, edit.list, edit.name);
}

/**
 * editKubeconfig writes changes as client-go does: an entry is changed in the file that has it, and
 * a new one goes to the default file. Only files that change are written.
 */
export async function editKubeconfig(
  { files, defaultPath }: KubeconfigState,
  edits: readonly KubeconfigEdit[],
): Promise<void> {
  const contents = new Map(files.map(({ path, config }) => [path, config]));
  const changed = new Set<string>();
  for (const edit of edits) {
    const holder = [...contents].find(([, config]) => holds(config, edit));
    const path = holder?.[0] ?? defaultPath;
    contents.set(path, applied(holder?.[1] ?? contents.get(path) ?? {}, edit));
    changed.add(path);
  }
  for (const path of changed) await writeKubeconfigFile(path, contents.get(path) ?? {});
}
