import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CliError } from '../../cli-error.ts';
import type { Invocation } from '../../command.ts';
import type { Connection } from '../../kubeconfig/connection.ts';
import type { KubeconfigState } from '../../kubeconfig/edit-kubeconfig.ts';
import type { ClusterEntry } from '../../kubeconfig/kubeconfig.ts';

function portOf({ port, protocol }: URL): string {
  return port || (protocol === 'http:' ? '80' : '443');
}

/** normalServer is a server's address with scheme and port, and without path or final slash. */
export function normalServer(text: string): string {
  const withScheme = /^[a-z]+:\/\//.test(text) ? text : `https://${text}`;
  let url: URL;
  try {
    url = new URL(withScheme);
  } catch (cause) {
    throw new CliError(`the server URL ${JSON.stringify(text)} is not valid`, { cause });
  }
  return `${url.protocol}//${url.hostname}:${portOf(url)}`;
}

/** clusterNickname is the name that `oc` gives to a server: `127-0-0-1:8443`. */
function clusterNickname(server: string): string {
  const url = new URL(server);
  return `${url.hostname.replaceAll('.', '-')}:${portOf(url)}`;
}

function sameServer(server: string | undefined, wanted: string): boolean {
  try {
    return server !== undefined && clusterNickname(server) === clusterNickname(wanted);
  } catch {
    return false;
  }
}

/** knownCluster is the entry of the kubeconfig that is about a server, its paths absolute. */
export function knownCluster({ files }: KubeconfigState, server: string): ClusterEntry | undefined {
  for (const { path, config } of files) {
    const found = config.clusters?.find(({ cluster }) => sameServer(cluster?.server, server));
    const ca = found?.cluster?.['certificate-authority'];
    if (found)
      return {
        ...found.cluster,
        ...(ca ? { 'certificate-authority': resolve(dirname(path), ca) } : {}),
      };
  }
  return undefined;
}

function trustOf({ flags, io }: Invocation, known: ClusterEntry | undefined) {
  const file = flags.string('certificate-authority');
  if (flags.bool('insecure-skip-tls-verify')) return { insecure: true, caPem: '' };
  const path = file ? resolve(io.cwd, file) : known?.['certificate-authority'];
  if (!file && known?.['insecure-skip-tls-verify']) return { insecure: true, caPem: '' };
  const data = file ? undefined : known?.['certificate-authority-data'];
  if (data) return { insecure: false, caPem: Buffer.from(data, 'base64').toString('utf8') };
  if (!path) return { insecure: false, caPem: '' };
  try {
    return { insecure: false, caPem: readFileSync(path, 'utf8') };
  } catch (cause) {
    throw new CliError(`unable to read certificate-authority ${path}: no such file or directory`, {
      cause,
    });
  }
}

/** loginConnection is a connection to a server that the kubeconfig may not know yet. */
export function loginConnection(
  invocation: Invocation,
  state: KubeconfigState,
  login: { readonly server: string; readonly token: string },
): Connection {
  return {
    ...login,
    ...trustOf(invocation, knownCluster(state, login.server)),
    certPem: '',
    keyPem: '',
    tlsServerName: invocation.flags.string('tls-server-name'),
    exec: undefined,
    as: '',
    asUid: '',
    asGroups: [],
    timeoutMs: 0,
    contextName: '',
    clusterName: clusterNickname(login.server),
    userName: '',
  };
}
