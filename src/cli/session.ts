import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '../client/client.ts';
import { newClient } from '../client/rest-client.ts';
import type { Transport } from '../client/transport.ts';
import { CliError } from './cli-error.ts';
import { Discovery } from './discovery/discovery.ts';
import { newDiscoveryCache } from './discovery/discovery-cache.ts';
import type { FlagValues } from './flags/flag-values.ts';
import type { Io } from './io.ts';
import { type Connection, connectionOf, contextOf } from './kubeconfig/connection.ts';
import {
  type KubeconfigFile,
  mergeKubeconfigs,
  readKubeconfigFiles,
} from './kubeconfig/kubeconfig-files.ts';
import { newHttpsTransport } from './transport/https-transport.ts';

/** Session is what every command shares: the configuration, the server and the current project. */
export interface Session {
  readonly discovery: Discovery;
  client(): Promise<Client>;
  transport(): Promise<Transport>;
  connection(): Promise<Connection>;
  files(): Promise<readonly KubeconfigFile[]>;
  /** The current project: `--namespace`, the context's, or `default`. Call `open` before. */
  namespace(): string;
  /** Whether `--namespace` or the context names a project. Call `open` before. */
  hasNamespace(): boolean;
  /** open reads the configuration; commands get a session that is open. */
  open(): Promise<void>;
}

/** withCredentials asks the credential program of the configuration, where that is all it has. */
async function withCredentials(connection: Connection): Promise<Connection> {
  const { exec, token, certPem } = connection;
  if (!exec || token || certPem) return connection;
  const { execCredentials, ExecCredentialsError } = await import('../client/exec-credentials.ts');
  try {
    return { ...connection, ...(await execCredentials(exec)) };
  } catch (error) {
    if (error instanceof ExecCredentialsError) throw new CliError(error.message, { cause: error });
    throw error;
  }
}

class KubeconfigSession implements Session {
  readonly discovery: Discovery;
  private readonly flags: FlagValues;
  private readonly io: Io;
  private loaded: KubeconfigFile[] | undefined;
  private made: { connection: Connection; transport: Transport; client: Client } | undefined;

  constructor(flags: FlagValues, io: Io) {
    this.flags = flags;
    this.io = io;
    const cacheDir = flags.string('cache-dir') || join(io.env.HOME ?? homedir(), '.kube', 'cache');
    this.discovery = new Discovery({
      transport: () => this.transport(),
      cache: {
        read: (now) => this.cacheFile(cacheDir)?.read(now),
        write: (mappings) => this.cacheFile(cacheDir)?.write(mappings),
      },
      now: io.now,
    });
  }

  private cacheFile(cacheDir: string) {
    return this.made && newDiscoveryCache(cacheDir, this.made.connection.server);
  }

  async files(): Promise<readonly KubeconfigFile[]> {
    this.loaded ??= await readKubeconfigFiles(this.flags.string('kubeconfig'), this.io);
    return this.loaded;
  }

  private context() {
    return contextOf({ merged: mergeKubeconfigs(this.loaded ?? []), flags: this.flags }).context;
  }

  namespace(): string {
    return this.flags.string('namespace') || this.context().namespace || 'default';
  }

  hasNamespace(): boolean {
    return this.flags.changed('namespace') || Boolean(this.context().namespace);
  }

  async open(): Promise<void> {
    await this.all();
  }

  private async all() {
    if (this.made) return this.made;
    const files = await this.files();
    const merged = mergeKubeconfigs(files);
    const connection = await withCredentials(connectionOf({ files, merged, flags: this.flags }));
    const transport = newHttpsTransport(connection, (text) => this.io.err(`Warning: ${text}\n`));
    this.made = { connection, transport, client: newClient(transport) };
    return this.made;
  }

  async connection(): Promise<Connection> {
    return (await this.all()).connection;
  }

  async transport(): Promise<Transport> {
    return (await this.all()).transport;
  }

  async client(): Promise<Client> {
    return (await this.all()).client;
  }
}

/** newSession makes a session of flags and environment; it reads nothing yet. */
export function newSession(flags: FlagValues, io: Io): Session {
  return new KubeconfigSession(flags, io);
}
