import { dirname, relative, resolve } from 'node:path';
import { PROJECTS } from '../../../apis/resource-types.ts';
import type { Client } from '../../../client/client.ts';
import { newClient } from '../../../client/rest-client.ts';
import { isNotFound, isStatusError } from '../../../machinery/status-error.ts';
import { CliError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { stringFlag } from '../../flags/flag-spec.ts';
import type { Connection } from '../../kubeconfig/connection.ts';
import {
  editKubeconfig,
  type KubeconfigState,
  kubeconfigState,
} from '../../kubeconfig/edit-kubeconfig.ts';
import { type ClusterEntry, entryNamed } from '../../kubeconfig/kubeconfig.ts';
import { newHttpsTransport } from '../../transport/https-transport.ts';
import { knownCluster, loginConnection, normalServer } from './login-connection.ts';
import { requestToken } from './request-token.ts';
import { userName } from './user-name.ts';

const UNKNOWN_AUTHORITY =
  'The server uses a certificate signed by unknown authority. You may need to use the --certificate-authority flag to provide the path to a certificate file for the certificate authority, or --insecure-skip-tls-verify to bypass the certificate check and use insecure connections.';

/** Above this many projects their list is not printed. */
const MANY_PROJECTS = 50;

function explainFailure(error: unknown): never {
  const { code = '', address, port } = error as NodeJS.ErrnoException & Record<string, unknown>;
  if (/UNABLE_TO|SELF_SIGNED/.test(code)) throw new CliError(UNKNOWN_AUTHORITY, { cause: error });
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    throw new CliError(
      `The server is using a certificate that does not match its hostname: ${(error as Error).message}`,
      { cause: error },
    );
  if (code === 'ECONNREFUSED')
    throw new CliError(
      `dial tcp ${address}:${port}: connect: connection refused - verify you have provided the correct host and port and that the server is currently running.`,
      { cause: error },
    );
  throw error;
}

function serverOf({ args, flags }: Invocation, { merged }: KubeconfigState): string {
  const [given, ...more] = args;
  const byFlag = flags.string('server');
  if (more.length > 0) throw new CliError('Only the server URL may be specified as an argument');
  if (byFlag && given)
    throw new CliError('--server and passing the server URL as an argument are mutually exclusive');
  if (flags.string('username') && flags.string('token'))
    throw new CliError('--token and --username are mutually exclusive');
  const current = entryNamed(merged.contexts, merged['current-context'])?.context;
  const server =
    byFlag || given || entryNamed(merged.clusters, current?.cluster)?.cluster?.server || '';
  if (server === '') throw new CliError('A server URL must be specified');
  return normalServer(server);
}

interface LoggedIn {
  readonly connection: Connection;
  readonly client: Client;
  readonly user: string;
}

async function logIn(invocation: Invocation, state: KubeconfigState): Promise<LoggedIn> {
  const { flags, io } = invocation;
  const server = serverOf(invocation, state);
  const given = flags.string('token');
  const bare = loginConnection(invocation, state, { server, token: given });
  if (bare.insecure)
    io.out('WARNING: Using insecure TLS client config. Setting this option is not supported!\n\n');
  const token = given || (await requestToken(invocation, bare));
  const connection = { ...bare, token };
  const client = newClient(newHttpsTransport(connection, (text) => io.err(`Warning: ${text}\n`)));
  const user = await userName(client).catch((cause: unknown) => {
    if (given && isStatusError(cause, 'Unauthorized'))
      throw new CliError('The token provided is invalid or expired.\n\n', { cause });
    throw cause;
  });
  io.out(
    given
      ? `Logged into ${JSON.stringify(server)} as ${JSON.stringify(user)} using the token provided.\n\n`
      : 'Login successful.\n\n',
  );
  return { connection, client, user };
}

function projectList(names: readonly string[], chosen: string, program: string): string {
  if (names.length > MANY_PROJECTS)
    return `You have access to ${names.length} projects, the list has been suppressed. You can list all projects with '${program} projects'\n\n`;
  const lines = names.map((name) => `${name === chosen ? '  * ' : '    '}${name}\n`);
  return `You have access to the following projects and can switch between them with '${program} project <projectname>':\n\n${lines.join('')}\n`;
}

/** chooseProject tells which projects there are and answers the one to begin with. */
async function chooseProject(
  { io, flags }: Invocation,
  client: Client,
  wanted: string,
): Promise<string> {
  let names: string[];
  try {
    const { items } = await client.list(PROJECTS);
    names = items.map(({ metadata }) => metadata.name ?? '').sort();
  } catch (error) {
    if (!isNotFound(error) && !isStatusError(error, 'Forbidden'))
      io.out(
        `WARNING: Failed to list projects: ${error instanceof Error ? error.message : error}\n`,
      );
    io.out(
      `Using "default" namespace.  You can switch namespaces with:\n\n ${io.program} project <projectname>\n`,
    );
    return 'default';
  }
  const [first] = names;
  if (first === undefined) {
    io.out(
      `You don't have any projects. You can try to create a new project, by running\n\n    ${io.program} new-project <projectname>\n\n`,
    );
    return '';
  }
  const preferred = flags.string('namespace') || wanted || 'default';
  const chosen =
    names.length > 1
      ? ([preferred, 'default'].find((name) => names.includes(name)) ?? first)
      : first;
  io.out(
    names.length > 1
      ? projectList(names, chosen, io.program)
      : `You have one project on this server: ${JSON.stringify(first)}\n\n`,
  );
  io.out(`Using project ${JSON.stringify(chosen)}.\n`);
  return chosen;
}

/** withinFolder makes a path relative to the kubeconfig's folder when it is inside it. */
function withinFolder(path: string, kubeconfig: string): string {
  const short = relative(dirname(kubeconfig), path);
  return short.startsWith('..') ? path : short;
}

function clusterEntry({ flags, io }: Invocation, state: KubeconfigState, made: Connection) {
  const known = knownCluster(state, made.server);
  const byFlag = flags.string('certificate-authority');
  const file = byFlag ? resolve(io.cwd, byFlag) : known?.['certificate-authority'];
  const data = byFlag ? undefined : known?.['certificate-authority-data'];
  const entry: ClusterEntry = { server: made.server };
  if (made.insecure) entry['insecure-skip-tls-verify'] = true;
  else if (file) entry['certificate-authority'] = withinFolder(file, state.defaultPath);
  else if (data) entry['certificate-authority-data'] = data;
  if (made.tlsServerName) entry['tls-server-name'] = made.tlsServerName;
  return entry;
}

async function run(invocation: Invocation): Promise<void> {
  const state = await kubeconfigState(invocation);
  const { connection, client, user } = await logIn(invocation, state).catch(explainFailure);
  const { merged } = state;
  const before = entryNamed(merged.contexts, merged['current-context'])?.context;
  const namespace = await chooseProject(invocation, client, before?.namespace ?? '');
  const cluster = connection.clusterName;
  const context = {
    cluster,
    user: `${user}/${cluster}`,
    ...(namespace ? { namespace } : {}),
  };
  const same = merged.contexts?.find(
    ({ context: one }) =>
      one?.cluster === context.cluster &&
      one.user === context.user &&
      (one.namespace ?? '') === namespace,
  );
  const name = same?.name ?? `${namespace}/${cluster}/${user}`;
  await editKubeconfig(state, [
    { list: 'clusters', name: cluster, value: clusterEntry(invocation, state, connection) },
    { list: 'users', name: context.user, value: { token: connection.token } },
    { list: 'contexts', name, value: context },
    { currentContext: name },
  ]);
  const { io, flags } = invocation;
  if (state.files.length === 0 && !io.env.KUBECONFIG && !flags.string('kubeconfig'))
    io.out(`Welcome! See '${io.program} help' to get started.\n`);
}

export const command: Command = {
  use: 'login [URL]',
  offline: true,
  long: `Log in to your server and save login for subsequent use.

 First-time users of the client should run this command to connect to a server, establish an authenticated session, and save connection to the configuration file. The default configuration will be saved to your home directory under ".kube/config".

 The information required to login -- like username and password, a session token, or the server details -- can be provided through flags.`,
  examples: `# Log in to the given server with the given token
{program} login localhost:8443 --token=mytoken

# Log in to the given server with the given certificate authority file
{program} login localhost:8443 --certificate-authority=/path/to/cert.crt

# Log in to the given server with the given credentials
{program} login localhost:8443 --username=myuser --password=mypass`,
  flags: [
    stringFlag('password', 'Password for server', { short: 'p' }),
    stringFlag('username', 'Username for server', { short: 'u' }),
  ],
  run,
};
