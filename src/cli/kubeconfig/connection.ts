import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { KubeExec } from '../../client/exec-credentials.ts';
import { CliError } from '../cli-error.ts';
import { parseDurationMs } from '../flags/duration.ts';
import type { FlagValues } from '../flags/flag-values.ts';
import { type ClusterEntry, entryNamed, type Kubeconfig, type UserEntry } from './kubeconfig.ts';
import type { KubeconfigFile } from './kubeconfig-files.ts';

/** Connection is where the server is and who asks it, after kubeconfig and flags were put together. */
export interface Connection {
  /** The server's URL. */
  readonly server: string;
  readonly caPem: string;
  readonly certPem: string;
  readonly keyPem: string;
  readonly token: string;
  readonly insecure: boolean;
  readonly tlsServerName: string;
  /** A program to ask for credentials when the configuration has none of its own. */
  readonly exec: KubeExec | undefined;
  readonly as: string;
  readonly asUid: string;
  readonly asGroups: readonly string[];
  /** 0: for ever. */
  readonly timeoutMs: number;
  /** The names of the entries that were used. */
  readonly contextName: string;
  readonly userName: string;
  readonly clusterName: string;
}

const MISSING = `Missing or incomplete configuration info.  Please point to an existing, complete config file:


  1. Via the command-line flag --kubeconfig
  2. Via the KUBECONFIG environment variable
  3. In your home directory as ~/.kube/config

To view or setup config directly use the 'config' command.`;

interface Source {
  readonly files: readonly KubeconfigFile[];
  readonly merged: Kubeconfig;
  readonly flags: FlagValues;
}

function requestTimeoutMs(text: string): number {
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const ms = parseDurationMs(text);
  if (ms === undefined)
    throw new CliError(
      `Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)`,
    );
  return ms;
}

/** folderOf is the directory that an entry's relative paths start from. */
function folderOf({ files }: Source, list: 'clusters' | 'users', name: string): string {
  const file = files.find(({ config }) => entryNamed<{ name: string }>(config[list], name));
  return file ? dirname(file.path) : '.';
}

interface Pem {
  readonly data: string | undefined;
  readonly path: string | undefined;
  readonly folder: string;
  readonly what: string;
}

function pemOf({ data, path, folder, what }: Pem): string {
  if (data) return Buffer.from(data, 'base64').toString('utf8');
  if (!path) return '';
  const full = resolve(folder, path);
  try {
    return readFileSync(full, 'utf8');
  } catch (cause) {
    throw new CliError(`unable to read ${what} ${full}: no such file or directory`, { cause });
  }
}

function serverOf(text: string): string {
  return /^https?:\/\//.test(text) ? text : `https://${text}`;
}

function credentials(source: Source, name: string, user: UserEntry) {
  const { flags } = source;
  const folder = folderOf(source, 'users', name);
  const token = flags.string('token') || user.token || '';
  return {
    token:
      token || pemOf({ data: undefined, path: user.tokenFile, folder, what: 'tokenFile' }).trim(),
    certPem: pemOf({
      data: flags.changed('client-certificate') ? undefined : user['client-certificate-data'],
      path: flags.string('client-certificate') || user['client-certificate'],
      folder: flags.changed('client-certificate') ? '.' : folder,
      what: 'client-cert',
    }),
    keyPem: pemOf({
      data: flags.changed('client-key') ? undefined : user['client-key-data'],
      path: flags.string('client-key') || user['client-key'],
      folder: flags.changed('client-key') ? '.' : folder,
      what: 'client-key',
    }),
  };
}

function trust(source: Source, name: string, cluster: ClusterEntry) {
  const { flags } = source;
  const insecure = flags.changed('insecure-skip-tls-verify')
    ? flags.bool('insecure-skip-tls-verify')
    : cluster['insecure-skip-tls-verify'] === true;
  const byFlag = flags.string('certificate-authority');
  const caPem = insecure
    ? ''
    : pemOf({
        data: byFlag ? undefined : cluster['certificate-authority-data'],
        path: byFlag || cluster['certificate-authority'],
        folder: byFlag ? '.' : folderOf(source, 'clusters', name),
        what: 'certificate-authority',
      });
  const tlsServerName = flags.string('tls-server-name') || (cluster['tls-server-name'] ?? '');
  return { insecure, caPem, tlsServerName };
}

/** contextOf is the context that the flags choose, or the current one. Throws when it is missing. */
export function contextOf({ merged, flags }: Pick<Source, 'merged' | 'flags'>) {
  const wanted = flags.string('context') || merged['current-context'] || '';
  const found = entryNamed(merged.contexts, wanted)?.context;
  if (!found && flags.changed('context'))
    throw new CliError(`context ${JSON.stringify(wanted)} does not exist`);
  return { name: wanted, context: found ?? {} };
}

/**
 * connectionOf puts kubeconfig and flags together as client-go's client configuration does. Throws
 * the text of `oc` when there is no server to speak to.
 */
export function connectionOf(source: Source): Connection {
  const { merged, flags } = source;
  const { name: contextName, context } = contextOf(source);
  const clusterName = flags.string('cluster') || context.cluster || '';
  const cluster = entryNamed(merged.clusters, clusterName)?.cluster;
  if (!cluster && flags.changed('cluster'))
    throw new CliError(`cluster ${JSON.stringify(clusterName)} does not exist`);
  const server = flags.string('server') || cluster?.server || '';
  if (server === '') throw new CliError(MISSING);
  const userName = flags.string('user') || context.user || '';
  const user = entryNamed(merged.users, userName)?.user;
  if (!user && flags.changed('user'))
    throw new CliError(`auth info ${JSON.stringify(userName)} does not exist`);
  return {
    server: serverOf(server),
    ...trust(source, clusterName, cluster ?? {}),
    ...credentials(source, userName, user ?? {}),
    exec: user?.exec,
    as: flags.string('as'),
    asUid: flags.string('as-uid'),
    asGroups: flags.list('as-group'),
    timeoutMs: requestTimeoutMs(flags.string('request-timeout')),
    contextName,
    clusterName,
    userName,
  };
}
