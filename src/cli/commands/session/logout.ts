import { createHash } from 'node:crypto';
import type { ResourceType } from '../../../machinery/object.ts';
import { CliError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { editKubeconfig, kubeconfigState } from '../../kubeconfig/edit-kubeconfig.ts';
import { userName } from './user-name.ts';

const TOKENS: ResourceType = {
  group: 'oauth.openshift.io',
  version: 'v1',
  resource: 'oauthaccesstokens',
  kind: 'OAuthAccessToken',
  namespaced: false,
};
const HASHED = 'sha256~';

/** tokenObjectName is the name of the object that stands for a token on the server. */
function tokenObjectName(token: string): string {
  if (!token.startsWith(HASHED)) return token;
  const hash = createHash('sha256').update(token.slice(HASHED.length)).digest('base64url');
  return `${HASHED}${hash}`;
}

async function run(invocation: Invocation): Promise<void> {
  const { args, session, io } = invocation;
  if (args.length > 0) throw new CliError('No arguments are allowed');
  const { token, server } = await session.connection();
  if (token === '') throw new CliError('You must have a token in order to logout.');
  const client = await session.client();
  const user = await userName(client);
  // Tokens that the OAuth server did not issue have no object; leaving the kubeconfig is what counts.
  await client.delete(TOKENS, { name: tokenObjectName(token) }).catch(() => undefined);
  const state = await kubeconfigState(invocation);
  const holders = (state.merged.users ?? []).filter((one) => one.user?.token === token);
  await editKubeconfig(
    state,
    holders.map(({ name, user: { token: _, ...value } = {} }) => ({ list: 'users', name, value })),
  );
  io.out(`Logged ${JSON.stringify(user)} out on ${JSON.stringify(server)}\n`);
}

export const command: Command = {
  use: 'logout',
  long: `Log out of the active session out by clearing saved tokens.

 An authentication token is stored in the config file after login - this command will delete that token on the server, and then remove the token from the configuration file.`,
  examples: '# Log out\n{program} logout',
  run,
};
