import { existsSync } from 'node:fs';
import type { Io } from '../../cli/io.ts';
import { installKubeconfig } from './admin-kubeconfig.ts';
import { API_FLAG_NAMES } from './api-flags.ts';
import { ConsoleIo } from './console-io.ts';
import { serveRepositories } from './git-server.ts';
import { type PlatformOptions, parseOptions, UsageError } from './options.ts';
import { GATEWAY, pathsOf } from './paths.ts';
import { PreflightError, preflight } from './preflight.ts';
import { prepareImages } from './prepare-images.ts';
import { installPrograms } from './programs.ts';
import { ServerStartError, startServer } from './server-process.ts';
import { readServerState, type ServerState } from './server-state.ts';

/** START_FLAGS are the flags of every command that may start the platform. */
export const START_FLAGS: readonly string[] = [
  '--yes',
  '--data-dir',
  '--engine-socket',
  '--kubeconfig',
  '--api-port',
  '--registry-port',
  '--http-port',
  '--https-port',
  ...API_FLAG_NAMES,
];

const HELP = `Start the platform on this machine.

The API is ready in about a second. The first start makes the builder images from Debian packages,
which takes a few minutes; --images=false leaves that out. State survives restarts.

Usage:
  {program} up [options]

Options:
  -y, --yes                 install and start what is missing without asking
      --images=true         make the builder images that are missing
      --data-dir=PATH       where everything is kept (default /var/lib/sampan)
      --engine-socket=PATH  the Docker Engine (default /var/run/docker.sock)
      --kubeconfig=PATH     the kubeconfig to write to (default as kubectl)
      --api-port=8443       the port of the API on 127.0.0.1
      --registry-port=5000  the port of the registry on 127.0.0.1
      --http-port=N         the router's HTTP port (default 80, or 8080 where taken)
      --https-port=N        the router's HTTPS port (default 443, or 8444 where taken)

Flags of kube-apiserver that are taken as well:
  ${API_FLAG_NAMES.join('\n  ')}
`;

/** Started is what `up` leaves running. */
export interface Started {
  readonly state: ServerState;
  readonly display: ConsoleIo;
}

/** isExpected tells whether an error was written for the user and needs no stack. */
function isExpected(error: unknown): error is Error {
  return (
    error instanceof UsageError ||
    error instanceof PreflightError ||
    error instanceof ServerStartError
  );
}

/** fail prints an error that was written for the user and answers the exit code; others go on. */
export function fail(error: unknown, io: Io, command: string): number {
  if (!isExpected(error)) throw error;
  io.err(`error: ${error.message}\n`);
  if (error instanceof UsageError) io.err(`See '${io.program} ${command} --help' for usage.\n`);
  return 1;
}

/** start does everything of `up` but the images. */
export async function start(options: PlatformOptions, io: Io): Promise<Started> {
  const display = new ConsoleIo();
  const paths = pathsOf(options.dataDirectory);
  const running = await readServerState(paths);
  if (running) {
    throw new PreflightError(
      `Sampan is running already (pid ${running.pid}) with the data directory ${paths.data}: use it, or end it with "${io.program} down"`,
    );
  }
  await display.step('this machine has what Sampan needs', () => preflight(options, display));
  const state = await display.step('the platform is up', () =>
    startServer(options, (message) => {
      if (message.kind === 'progress') display.say(message.text);
      if (message.kind === 'api-ready') {
        display.print(`✔ the API answers (${(message.elapsedMs / 1000).toFixed(2)} s)`);
      }
    }),
  );
  await installKubeconfig(paths, state.apiUrl, { flag: options.kubeconfig, io });
  if (existsSync(paths.git)) await serveRepositories(paths.git, GATEWAY);
  const programs = await installPrograms();
  if (programs.length > 0) display.print(`✔ installed ${programs.join(' and ')} in /usr/local/bin`);
  return { state, display };
}

/** run is the command `up`. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  try {
    const options = parseOptions(argv, [...START_FLAGS, '--images']);
    if (options.help) {
      io.out(HELP.replaceAll('{program}', io.program));
      return 0;
    }
    const { state, display } = await start(options, io);
    if (options.images) await prepareImages(options, display);
    io.out(`Sampan is up: ${state.apiUrl}\n`);
    io.out(`Routes answer on http://NAME-PROJECT.apps.localhost${portSuffix(state)}\n`);
    io.out(`Begin with: ${io.program} new-project project1\n`);
    return 0;
  } catch (error) {
    return fail(error, io, 'up');
  }
}

/** portSuffix is what follows a route's host in a URL: nothing on port 80. */
export function portSuffix(state: ServerState): string {
  return state.httpPort === undefined || state.httpPort === 80 ? '' : `:${state.httpPort}`;
}
