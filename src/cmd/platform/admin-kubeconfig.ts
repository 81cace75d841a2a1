import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Io } from '../../cli/io.ts';
import { type Kubeconfig, putEntry } from '../../cli/kubeconfig/kubeconfig.ts';
import {
  kubeconfigPaths,
  readKubeconfigFiles,
  writeKubeconfigFile,
} from '../../cli/kubeconfig/kubeconfig-files.ts';
import type { Paths } from './paths.ts';

/** Names are those that `oc login` would give: cluster by host, user and context by it. */
interface Names {
  readonly cluster: string;
  readonly user: string;
  readonly context: string;
}

function namesOf(apiUrl: string): Names {
  const cluster = new URL(apiUrl).host.replaceAll('.', '-');
  return {
    cluster,
    user: `system:admin/${cluster}`,
    context: `default/${cluster}/system:admin`,
  };
}

async function adminConfig(paths: Paths, apiUrl: string): Promise<Kubeconfig> {
  const names = namesOf(apiUrl);
  const read = async (file: string) => (await readFile(join(paths.pki, file))).toString('base64');
  return {
    clusters: [
      {
        name: names.cluster,
        cluster: { 'certificate-authority-data': await read('ca.crt'), server: apiUrl },
      },
    ],
    users: [
      {
        name: names.user,
        user: {
          'client-certificate-data': await read('admin.crt'),
          'client-key-data': await read('admin.key'),
        },
      },
    ],
    contexts: [
      {
        name: names.context,
        context: { cluster: names.cluster, namespace: 'default', user: names.user },
      },
    ],
    'current-context': names.context,
  };
}

/** targetOf is the file that kubectl would write to: the first of the configuration. */
function targetOf(flag: string | undefined, io: Io): string {
  return kubeconfigPaths(flag ?? '', io)[0] ?? '';
}

async function readTarget(path: string, io: Io): Promise<Kubeconfig> {
  if (!existsSync(path)) return {};
  return (await readKubeconfigFiles(path, io))[0]?.config ?? {};
}

/**
 * installKubeconfig makes this installation's admin the current context of the user's kubeconfig,
 * keeping everything else in it, and writes a copy of its own into the data directory. A context
 * of ours that exists keeps its project.
 */
export async function installKubeconfig(
  paths: Paths,
  apiUrl: string,
  target: { readonly flag: string | undefined; readonly io: Io },
): Promise<string> {
  const admin = await adminConfig(paths, apiUrl);
  await writeKubeconfigFile(paths.kubeconfig, admin);
  const path = targetOf(target.flag, target.io);
  const config = await readTarget(path, target.io);
  for (const cluster of admin.clusters ?? []) config.clusters = putEntry(config.clusters, cluster);
  for (const user of admin.users ?? []) config.users = putEntry(config.users, user);
  const { cluster } = namesOf(apiUrl);
  const current = config.contexts?.find((one) => one.name === config['current-context']);
  if (current?.context?.cluster !== cluster) {
    for (const one of admin.contexts ?? []) config.contexts = putEntry(config.contexts, one);
    config['current-context'] = namesOf(apiUrl).context;
  }
  await writeKubeconfigFile(path, config);
  return path;
}

/** removeKubeconfig takes everything of this installation out of the user's kubeconfig. */
export async function removeKubeconfig(
  apiUrl: string,
  target: { readonly flag: string | undefined; readonly io: Io },
): Promise<void> {
  const path = targetOf(target.flag, target.io);
  if (!existsSync(path)) return;
  const config = await readTarget(path, target.io);
  const { cluster, user } = namesOf(apiUrl);
  const left: Kubeconfig = {
    ...config,
    clusters: (config.clusters ?? []).filter((one) => one.name !== cluster),
    users: (config.users ?? []).filter((one) => one.name !== user),
    contexts: (config.contexts ?? []).filter((one) => one.context?.cluster !== cluster),
  };
  if (!left.contexts?.some((one) => one.name === left['current-context'])) {
    left['current-context'] = '';
  }
  await writeKubeconfigFile(path, left);
}
