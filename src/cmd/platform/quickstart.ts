import { execFile, spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Io } from '../../cli/io.ts';
import { installKubeconfig } from './admin-kubeconfig.ts';
import { ConsoleIo } from './console-io.ts';
import { publishExample, serveRepositories } from './git-server.ts';
import { type PlatformOptions, parseOptions } from './options.ts';
import { GATEWAY, pathsOf } from './paths.ts';
import { preflight } from './preflight.ts';
import { prepareImages } from './prepare-images.ts';
import { readServerState, type ServerState } from './server-state.ts';
import { fail, portSuffix, START_FLAGS, start } from './up.ts';

const HELP = `Set up everything and run an example application, built from source.

Starts the platform where it is not running, makes the builder images that it needs, serves an
example git repository on this machine, and does with it what you would do with your own:
new-project, new-app, expose. The last line is the application's URL.

Usage:
  {program} quickstart [options]

The options are those of "{program} up".
`;

const DIST = dirname(fileURLToPath(import.meta.url));
const EXAMPLE = 'ruby-hello';
const BUILDER = 'ruby';
const PROJECT = 'project1';
const ANSWER_TIMEOUT_MS = 60_000;

class QuickstartError extends Error {
  override readonly name = 'QuickstartError';
}

/** Runner runs commands of the CLI as a user would, with what they print. */
interface Runner {
  (...args: string[]): Promise<void>;
  succeeds(...args: string[]): Promise<boolean>;
}

function newRunner(options: PlatformOptions, io: Io): Runner {
  const program = join(DIST, 'sampan.mjs');
  const flags = options.kubeconfig ? [`--kubeconfig=${options.kubeconfig}`] : [];
  const env = { ...process.env, SAMPAN_PROGRAM: io.program };
  const run = (...args: string[]) =>
    new Promise<void>((resolve, reject) => {
      io.out(`\n$ ${io.program} ${args.join(' ')}\n`);
      const child = spawn(process.execPath, [program, ...args, ...flags], {
        stdio: ['ignore', 'inherit', 'inherit'],
        env,
      });
      child.on('error', reject);
      child.on('exit', (code) => {
        if (code === 0) resolve();
        else reject(new QuickstartError(`"${io.program} ${args.join(' ')}" failed`));
      });
    });
  const succeeds = async (...args: string[]) => {
    try {
      await promisify(execFile)(process.execPath, [program, ...args, ...flags], { env });
      return true;
    } catch {
      return false;
    }
  };
  return Object.assign(run, { succeeds });
}

async function platform(options: PlatformOptions, io: Io): Promise<ServerState> {
  const paths = pathsOf(options.dataDirectory);
  const running = await readServerState(paths);
  if (running) {
    await preflight(options, new ConsoleIo());
    await installKubeconfig(paths, running.apiUrl, { flag: options.kubeconfig, io });
    return running;
  }
  return (await start(options, io)).state;
}

async function waitForAnswer(url: string, io: Io): Promise<void> {
  const deadline = Date.now() + ANSWER_TIMEOUT_MS;
  for (;;) {
    // The router listens on every address; *.localhost need not resolve outside browsers.
    const { hostname, port, protocol } = new URL(url);
    const status = await statusOf({ hostname, port: Number(port || 80), protocol });
    if (status === 200) return;
    if (Date.now() > deadline) {
      throw new QuickstartError(
        `${url} did not answer within 60 s (last: ${status}): see "${io.program} status --suggest"`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function statusOf(target: { hostname: string; port: number; protocol: string }) {
  const { request } = await import('node:http');
  return new Promise<number | string>((resolve) => {
    const call = request(
      { host: '127.0.0.1', port: target.port, path: '/', headers: { host: target.hostname } },
      (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    call.on('error', (error) => resolve(error.message));
    call.setTimeout(5000, () => call.destroy(new Error('no answer')));
    call.end();
  });
}

async function deploy(options: PlatformOptions, gitUrl: string, io: Io): Promise<void> {
  const oc = newRunner(options, io);
  if (await oc.succeeds('get', 'project', PROJECT)) await oc('project', PROJECT);
  else await oc('new-project', PROJECT);
  if (!(await oc.succeeds('get', `dc/${EXAMPLE}`, '-n', PROJECT))) {
    await oc('new-app', `${BUILDER}~${gitUrl}`);
  }
  await oc('logs', '-f', `bc/${EXAMPLE}`);
  await oc('rollout', 'status', `dc/${EXAMPLE}`);
  if (!(await oc.succeeds('get', `route/${EXAMPLE}`, '-n', PROJECT))) {
    await oc('expose', `svc/${EXAMPLE}`);
  }
}

/** run is the command `quickstart`. Run again, it takes up where it was. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  try {
    const options = parseOptions(argv, START_FLAGS);
    if (options.help) {
      io.out(HELP.replaceAll('{program}', io.program));
      return 0;
    }
    const state = await platform(options, io);
    const display = new ConsoleIo();
    await prepareImages(options, display, [BUILDER]);
    const paths = pathsOf(options.dataDirectory);
    await publishExample(paths.git, EXAMPLE, join(DIST, '..', 'examples', EXAMPLE));
    const gitUrl = `${await serveRepositories(paths.git, GATEWAY)}/${EXAMPLE}.git`;
    await deploy(options, gitUrl, io);
    const url = `http://${EXAMPLE}-${PROJECT}.apps.localhost${portSuffix(state)}/`;
    await display.step('the application answers', () => waitForAnswer(url, io));
    const oc = newRunner(options, io);
    await oc('get', 'pods');
    await oc('get', 'pods', '-o', 'wide');
    await oc('status');
    io.out(`\n${url}\n`);
    return 0;
  } catch (error) {
    if (error instanceof QuickstartError) {
      io.err(`error: ${error.message}\n`);
      return 1;
    }
    return fail(error, io, 'quickstart');
  }
}
