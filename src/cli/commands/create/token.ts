import type { TokenRequest } from '../../../apis/authentication.k8s.io/v1/types.ts';
import { SERVICE_ACCOUNTS } from '../../../apis/resource-types.ts';
import { resourcePath } from '../../../client/resource-path.ts';
import { isStatusError } from '../../../machinery/status-error.ts';
import { CliError } from '../../cli-error.ts';
import type { Command, CommandEntry, Invocation } from '../../command.ts';
import { arrayFlag, durationFlag, stringFlag } from '../../flags/flag-spec.ts';
import { newObjectPrinter, OUTPUT_FLAGS } from '../../print/object-printer.ts';
import { onlyName } from './generator.ts';

const BOUND_KINDS = ['Pod', 'Secret'];

function checkBinding({ flags }: Invocation): void {
  const kind = flags.string('bound-object-kind');
  const name = flags.string('bound-object-name');
  if (kind === '')
    for (const flag of ['bound-object-name', 'bound-object-uid'])
      if (flags.string(flag) !== '')
        throw new CliError(`--${flag} can only be set if --bound-object-kind is provided`);
  if (kind === '') return;
  if (!BOUND_KINDS.includes(kind))
    throw new CliError(`supported --bound-object-kind values are ${BOUND_KINDS.join(', ')}`);
  if (name === '')
    throw new CliError('--bound-object-name is required if --bound-object-kind is provided');
}

function check(invocation: Invocation): void {
  const { flags } = invocation;
  const duration = flags.durationMs('duration');
  if (duration < 0) throw new CliError('--duration must be positive');
  if (duration % 1000 !== 0)
    throw new CliError('--duration cannot be expressed in units less than seconds');
  if (flags.list('audience').includes(''))
    throw new CliError('--audience must not be an empty string');
  checkBinding(invocation);
}

function requestOf({ flags }: Invocation): TokenRequest {
  const kind = flags.string('bound-object-kind');
  const uid = flags.string('bound-object-uid');
  const seconds = flags.durationMs('duration') / 1000;
  const ref = { kind, apiVersion: 'v1', name: flags.string('bound-object-name') };
  return {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    metadata: {},
    spec: {
      audiences: flags.list('audience'),
      ...(seconds > 0 ? { expirationSeconds: seconds } : {}),
      ...(kind === '' ? {} : { boundObjectRef: uid === '' ? ref : { ...ref, uid } }),
    },
  };
}

async function run(invocation: Invocation): Promise<void> {
  const { flags, io, session } = invocation;
  const name = onlyName(invocation);
  const print = await newObjectPrinter(flags, io);
  check(invocation);
  const transport = await session.transport();
  const namespace = session.namespace();
  const { body } = await transport
    .request({
      method: 'POST',
      path: resourcePath(SERVICE_ACCOUNTS, { namespace, name, subresource: 'token' }),
      body: requestOf(invocation),
    })
    .catch((cause: unknown) => {
      if (!isStatusError(cause)) throw cause;
      throw new CliError(`failed to create token: ${cause.message}`, { cause });
    });
  const answer = body.kind === 'object' ? (body.object as TokenRequest) : undefined;
  const token = answer?.status?.token;
  if (!answer || !token) throw new CliError('failed to create token: no token in server response');
  io.out(print?.(answer) ?? (io.outputIsTerminal ? `${token}\n` : token));
}

const command: Command = {
  use: 'token SERVICE_ACCOUNT_NAME',
  long: 'Request a service account token.',
  examples: `# Request a token to authenticate to the kube-apiserver as the service account "myapp" in the current namespace
{program} create token myapp

# Request a token with a custom expiration
{program} create token myapp --duration 10m

# Request a token bound to an instance of a Secret object
{program} create token myapp --bound-object-kind Secret --bound-object-name mysecret`,
  flags: [
    ...OUTPUT_FLAGS,
    arrayFlag(
      'audience',
      'Audience of the requested token. If unset, defaults to requesting a token for use with the Kubernetes API server. May be repeated to request a token valid for multiple audiences.',
    ),
    durationFlag(
      'duration',
      'Requested lifetime of the issued token. The server may return a token with a longer or shorter lifetime.',
    ),
    stringFlag(
      'bound-object-kind',
      'Kind of an object to bind the token to. Supported kinds are Pod, Secret. If set, --bound-object-name must be provided.',
    ),
    stringFlag(
      'bound-object-name',
      'Name of an object to bind the token to. The token will expire when the object is deleted. Requires --bound-object-kind.',
    ),
    stringFlag(
      'bound-object-uid',
      'UID of an object to bind the token to. Requires --bound-object-kind and --bound-object-name. If unset, the UID of the existing object is used.',
    ),
  ],
  run,
};

/** tokenEntry is `create token`, which prints a token of a service account. */
export const tokenEntry: CommandEntry = {
  name: 'token',
  short: 'Request a service account token',
  load: async () => command,
};
