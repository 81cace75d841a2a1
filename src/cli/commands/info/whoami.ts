import type { KubeObject, ResourceType } from '../../../machinery/object.ts';
import { CliError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { boolFlag } from '../../flags/flag-spec.ts';

const USERS: ResourceType = {
  group: 'user.openshift.io',
  version: 'v1',
  resource: 'users',
  kind: 'User',
  namespaced: false,
};

async function run({ session, io, flags }: Invocation): Promise<void> {
  const connection = await session.connection();
  if (flags.bool('show-token')) {
    if (connection.token === '')
      throw new CliError('no token is currently in use for this session');
    io.out(`${connection.token}\n`);
    return;
  }
  if (flags.bool('show-context')) {
    if (connection.contextName === '') throw new CliError('no context has been set');
    io.out(`${connection.contextName}\n`);
    return;
  }
  if (flags.bool('show-server')) {
    io.out(`${connection.server}\n`);
    return;
  }
  const client = await session.client();
  const user: KubeObject = await client.get(USERS, { name: '~' });
  io.out(`${user.metadata.name}\n`);
}

export const command: Command = {
  use: 'whoami',
  long: 'Show information about the current session.\n\n The default options for this command will return the currently authenticated user name or an empty string.  Other flags support returning the currently used token or the user context.',
  examples: '# Display the currently authenticated user\n{program} whoami',
  flags: [
    boolFlag('show-context', 'Print the current user context name', { short: 'c' }),
    boolFlag('show-server', "If true, print the current server's REST API URL"),
    boolFlag(
      'show-token',
      'Print the token the current session is using. This will return an error if you are using a different form of authentication.',
      { short: 't' },
    ),
  ],
  run,
};
