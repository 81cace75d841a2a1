import { setTimeout as sleep } from 'node:timers/promises';
import type { Build } from '../../../apis/build.openshift.io/v1/types.ts';
import { BUILD_CONFIGS, BUILDS } from '../../../apis/resource-types.ts';
import { isConflict, isNotFound } from '../../../machinery/status-error.ts';
import { CliError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { boolFlag, sliceFlag } from '../../flags/flag-spec.ts';
import { followBuild } from './build-log.ts';

const STATES = ['new', 'pending', 'running'];
const TERMINAL = new Set(['Complete', 'Failed', 'Error', 'Cancelled']);

const isConfig = (type: string) => ['bc', 'buildconfig', 'buildconfigs'].includes(type);

async function buildsOfConfig(name: string, { session }: Invocation): Promise<Build[]> {
  const client = await session.client();
  const namespace = session.namespace();
  await client.get(BUILD_CONFIGS, { namespace, name });
  const { items } = await client.list(BUILDS, { namespace });
  return items.filter(
    ({ status, metadata }) =>
      status?.config?.name === name || metadata.labels?.buildconfig === name,
  );
}

async function builds(invocation: Invocation): Promise<Build[]> {
  const { args, session, io } = invocation;
  const client = await session.client();
  const found: Build[] = [];
  for (const arg of args) {
    const [first = '', second] = arg.split('/');
    const [type, name] = second === undefined ? ['build', first] : [first, second];
    if (isConfig(type)) found.push(...(await buildsOfConfig(name, invocation)));
    else
      try {
        found.push(await client.get(BUILDS, { namespace: session.namespace(), name }));
      } catch (error) {
        if (!isNotFound(error)) throw error;
        io.err(`error: build ${session.namespace()}/${name} not found\n`);
      }
  }
  return found;
}

async function markCancelled(name: string, { session }: Invocation): Promise<void> {
  const client = await session.client();
  const ref = { namespace: session.namespace(), name };
  for (let attempt = 0; ; attempt += 1) {
    const build = structuredClone(await client.get(BUILDS, ref));
    build.status = { ...build.status, phase: build.status?.phase ?? 'New', cancelled: true };
    try {
      await client.update(BUILDS, build);
      return;
    } catch (error) {
      if (!isConflict(error) || attempt > 10) throw error;
    }
  }
}

async function waitUntilEnded(name: string, { session, io }: Invocation): Promise<Build> {
  const client = await session.client();
  for (;;) {
    const build = await client.get(BUILDS, { namespace: session.namespace(), name });
    if (TERMINAL.has(build.status?.phase ?? '')) return build;
    await sleep(200, undefined, { signal: io.signal });
  }
}

async function cancel({ metadata }: Build, invocation: Invocation): Promise<boolean> {
  const { io, flags, session } = invocation;
  const name = metadata.name ?? '';
  const id = `build.build.openshift.io/${name}`;
  if (flags.bool('dump-logs')) {
    io.out(`==== Build ${metadata.namespace}/${name} logs ====\n`);
    await followBuild(name, invocation);
  }
  await markCancelled(name, invocation);
  io.out(`${id} marked for cancellation, waiting to be cancelled\n`);
  const ended = await waitUntilEnded(name, invocation);
  if (ended.status?.phase !== 'Cancelled') {
    io.err(
      `error: build ${metadata.namespace}/${name} failed to cancel: it ended ${ended.status?.phase}\n`,
    );
    return false;
  }
  io.out(`${id} cancelled\n`);
  if (!flags.bool('restart')) return true;
  const client = await session.client();
  const request = { apiVersion: 'build.openshift.io/v1', kind: 'BuildRequest', metadata: { name } };
  const next: Build = await client.post(
    BUILDS,
    { namespace: session.namespace(), name },
    'clone',
    request,
  );
  io.out(
    `build.build.openshift.io/${next.metadata.name} restarted build ${JSON.stringify(name)}\n`,
  );
  return true;
}

async function run(invocation: Invocation): Promise<void> {
  const { args, flags } = invocation;
  if (args.length === 0) throw new CliError('build or a buildconfig name is required');
  const states = flags.list('state');
  if (states.some((state) => !STATES.includes(state)))
    throw new CliError("invalid --state flag value, must be one of 'new', 'pending', or 'running'");
  const wanted = states.length > 0 ? states : STATES;
  const found = await builds(invocation);
  const active = found.filter(({ status }) =>
    wanted.includes((status?.phase ?? 'New').toLowerCase()),
  );
  const results = await Promise.all(active.map((build) => cancel(build, invocation)));
  if (results.includes(false) || found.length === 0)
    throw new CliError('failure during the build cancellation');
}

export const command: Command = {
  use: 'cancel-build (BUILD | BUILDCONFIG)',
  long: `Cancel running, pending, or new builds.

 This command requests a graceful shutdown of the build. There may be a delay between requesting the build and the time the build is terminated.`,
  examples: `# Cancel the build with the given name
{program} cancel-build ruby-build-2

# Cancel all builds created from the 'ruby-build' build config that are in the 'new' state
{program} cancel-build bc/ruby-build --state=new`,
  flags: [
    boolFlag('dump-logs', 'Specify if the build logs for the cancelled build should be shown.'),
    boolFlag(
      'restart',
      'Specify if a new build should be created after the current build is cancelled.',
    ),
    sliceFlag('state', 'Only cancel builds in this state'),
  ],
  run,
};
