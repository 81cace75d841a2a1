import type { Build } from '../../../apis/build.openshift.io/v1/types.ts';
import { BUILD_CONFIGS, BUILDS } from '../../../apis/resource-types.ts';
import { resourcePath } from '../../../client/resource-path.ts';
import type { KubeObject } from '../../../machinery/object.ts';
import { parseVariables } from '../../../new-app/new-app.ts';
import { CliError, UsageError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { arrayFlag, boolFlag, stringFlag } from '../../flags/flag-spec.ts';
import { OUTPUT_FLAGS } from '../../print/object-printer.ts';
import { newReport } from '../../write/report.ts';
import { type BinaryInput, binaryInputOf } from './binary-input.ts';
import { followBuild, waitForBuild } from './build-log.ts';

function nameOf({ args, flags, commandPath }: Invocation): string {
  const fromBuild = flags.string('from-build');
  if (fromBuild !== '') return fromBuild;
  const [arg, ...more] = args;
  if (arg === undefined || more.length > 0)
    throw new UsageError(
      `Must pass a name of a build config or specify build name with '--from-build' flag.\nUse "${commandPath.split(' ')[0]} get buildconfig" to list all available build configs.`,
    );
  const [type = '', name] = arg.split('/');
  if (name === undefined) return type;
  if (!['bc', 'buildconfig', 'buildconfigs'].includes(type.split('.')[0] ?? ''))
    throw new CliError(`invalid resource provided: ${arg}, must be a build config`);
  return name;
}

function requestOf(name: string, { flags }: Invocation) {
  const env = parseVariables(flags.list('env'), 'environment variable');
  const buildArgs = parseVariables(flags.list('build-arg'), 'build argument');
  const commit = flags.string('commit');
  const logLevel = flags.string('build-loglevel');
  const variables = logLevel ? [...env, { name: 'BUILD_LOGLEVEL', value: logLevel }] : env;
  return {
    apiVersion: 'build.openshift.io/v1',
    kind: 'BuildRequest',
    metadata: { name },
    triggeredBy: [{ message: 'Manually triggered' }],
    ...(variables.length > 0 ? { env: variables } : {}),
    ...(buildArgs.length > 0 ? { dockerStrategyOptions: { buildArgs } } : {}),
    ...(commit ? { revision: { type: 'Git', git: { commit } } } : {}),
  };
}

async function instantiate(name: string, invocation: Invocation): Promise<Build> {
  const { session, flags } = invocation;
  const client = await session.client();
  const ref = { namespace: session.namespace(), name };
  const isClone = flags.string('from-build') !== '';
  const request = requestOf(name, invocation);
  return isClone
    ? client.post(BUILDS, ref, 'clone', { ...request, from: { kind: 'Build', name } })
    : client.post(BUILD_CONFIGS, ref, 'instantiate', request);
}

async function* withProgress(bytes: AsyncIterable<Uint8Array>, tick: () => void) {
  let sent = 0;
  let next = 0;
  for await (const chunk of bytes) {
    if (sent >= next) {
      tick();
      next += 16 << 20;
    }
    sent += chunk.length;
    yield chunk;
  }
}

async function upload(
  name: string,
  input: BinaryInput,
  { session, flags, io }: Invocation,
): Promise<Build> {
  const commit = flags.string('commit');
  io.err(input.message);
  const transport = await session.transport();
  const { body } = await transport.request({
    method: 'POST',
    path: resourcePath(BUILD_CONFIGS, {
      namespace: session.namespace(),
      name,
      subresource: 'instantiatebinary',
    }),
    query: new URLSearchParams({
      name,
      namespace: session.namespace(),
      ...(input.asFile ? { asFile: input.asFile } : {}),
      ...(commit ? { 'revision.commit': commit } : {}),
    }),
    headers: { 'content-type': 'application/octet-stream' },
    body: withProgress(input.bytes, () => io.err('.')),
  });
  io.err('\nUploading finished\n');
  if (body.kind !== 'object') throw new CliError('the server did not answer a build');
  return body.object as Build;
}

async function listWebhooks({ session, io, args }: Invocation): Promise<void> {
  const [name = ''] = args;
  const client = await session.client();
  const { server } = await session.connection();
  const namespace = session.namespace();
  const { spec } = await client.get(BUILD_CONFIGS, {
    namespace,
    name: name.split('/').at(-1) ?? '',
  });
  for (const { type } of spec.triggers ?? []) {
    if (type === 'ImageChange' || type === 'ConfigChange') continue;
    const path = resourcePath(BUILD_CONFIGS, { namespace, name: name.split('/').at(-1) });
    io.out(`${server}${path}/webhooks/<secret>/${type.toLowerCase()}\n`);
  }
}

async function run(invocation: Invocation): Promise<void> {
  const { flags, io } = invocation;
  if (flags.string('list-webhooks') !== '') return listWebhooks(invocation);
  const name = nameOf(invocation);
  const input = binaryInputOf(invocation);
  if (input && flags.list('env').length > 0)
    io.err('WARNING: Specifying environment variables with binary builds is not supported.\n');
  const build = input ? await upload(name, input, invocation) : await instantiate(name, invocation);
  const started: KubeObject = { ...build, apiVersion: 'build.openshift.io/v1', kind: 'Build' };
  (await newReport(invocation))(started, 'started');
  const buildName = build.metadata.name ?? '';
  if (flags.bool('follow')) await followBuild(buildName, invocation);
  if (flags.bool('wait')) await waitForBuild(buildName, invocation);
}

export const command: Command = {
  use: 'start-build (BUILDCONFIG | --from-build=BUILD)',
  long: `Start a build.

 This command starts a new build for the provided build config or copies an existing build using --from-build=<name>. Pass the --follow flag to see output from the build.

 In addition, you can pass a file, directory, or source code repository with the --from-file, --from-dir, or --from-repo flags directly to the build. The contents will be streamed to the build and override the current build source settings.`,
  examples: `# Starts build from build config "hello-world"
{program} start-build hello-world

# Starts build from a previous build "hello-world-1"
{program} start-build --from-build=hello-world-1

# Use the contents of a directory as build input
{program} start-build hello-world --from-dir=src/

# Send the contents of a Git repository to the server from tag 'v2'
{program} start-build hello-world --from-repo=../hello-world --commit=v2

# Start a new build for build config "hello-world" and watch the logs until the build completes or fails
{program} start-build hello-world --follow`,
  flags: [
    arrayFlag(
      'env',
      'Specify a key-value pair for an environment variable to set for the build container.',
      { short: 'e' },
    ),
    arrayFlag('build-arg', 'Specify a key-value pair to pass to Docker during the build.'),
    stringFlag('build-loglevel', 'Specify the log level for the build log output'),
    stringFlag(
      'commit',
      'Specify the source code commit identifier the build should use; requires a build based on a Git repository',
    ),
    stringFlag(
      'exclude',
      "Regular expression for selecting files from the source tree to exclude from the build, the default excludes the '.git' directory",
    ),
    boolFlag('follow', 'Start a build and watch its logs until it completes or fails', {
      short: 'F',
    }),
    stringFlag(
      'from-archive',
      'An archive (tar, tar.gz, zip) to be extracted before the build and used as the binary input.',
    ),
    stringFlag('from-build', 'Specify the name of a build which should be re-run'),
    stringFlag('from-dir', 'A directory to archive and use as the binary input for a build.'),
    stringFlag(
      'from-file',
      'A file to use as the binary input for the build; example a pom.xml or Dockerfile. Will be the only file in the build source.',
    ),
    stringFlag(
      'from-repo',
      'The path to a local source code repository to use as the binary input for a build.',
    ),
    stringFlag(
      'list-webhooks',
      "List the webhooks for the specified build config or build; accepts 'all', 'generic', or 'github'",
      { optionalValue: 'all' },
    ),
    boolFlag(
      'wait',
      'Wait for a build to complete and exit with a non-zero return code if the build fails',
      { short: 'w' },
    ),
    ...OUTPUT_FLAGS,
  ],
  run,
};
