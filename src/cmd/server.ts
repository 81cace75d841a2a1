import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Clock, Logger } from '../controller-kit/controller.ts';
import { systemClock } from '../controller-kit/system-clock.ts';
import { newDockerEngine } from '../engine/docker/docker-engine.ts';
import { startTicksOf } from '../process/process-identity.ts';
import { API_FLAG_NAMES } from './platform/api-flags.ts';
import { type PlatformOptions, parseOptions } from './platform/options.ts';
import { GATEWAY, pathsOf } from './platform/paths.ts';
import { type ServerState, writeServerState } from './platform/server-state.ts';
import { closeAll } from './server/close-all.ts';
import {
  bootstrap,
  type ControlPlane,
  type ControlPlaneOptions,
  startControlPlane,
} from './server/control-plane.ts';
import { type DataPlane, startDataPlane } from './server/data-plane.ts';
import { explainStartFailure } from './server/explain-failure.ts';
import { readImageSettings } from './server/image-settings.ts';
import { report } from './server/report.ts';

const CLOSE_TIMEOUT_MS = 10_000;
const FLAGS = [
  '--data-dir',
  '--engine-socket',
  '--api-port',
  '--registry-port',
  '--http-port',
  '--https-port',
  ...API_FLAG_NAMES,
];

const log: Logger & { fatal(fields: object, message: string): void } = pino({
  level: process.env.SAMPAN_LOG_LEVEL ?? 'info',
  base: null,
});

interface Running {
  readonly controlPlane: ControlPlane;
  readonly dataPlane: DataPlane;
  readonly state: ServerState;
}

async function controlPlaneOptions(
  options: PlatformOptions,
  clock: Clock,
): Promise<ControlPlaneOptions> {
  return {
    paths: pathsOf(options.dataDirectory),
    gateway: GATEWAY,
    clock,
    log,
    images: await readImageSettings(options.registryPort),
    engine: newDockerEngine({ socketPath: options.engineSocket }),
    flags: options.api,
  };
}

async function start(options: PlatformOptions, clock: Clock): Promise<Running> {
  const common = await controlPlaneOptions(options, clock);
  const { paths } = common;
  const controlPlane = await startControlPlane(common);
  await controlPlane.listen('127.0.0.1', options.apiPort);
  await bootstrap(controlPlane);
  report({ kind: 'api-ready', elapsedMs: performance.now() });
  report({ kind: 'progress', text: 'starting the node, the registry and the router' });
  const dataPlane = await startDataPlane(controlPlane, { ...common, platform: options });
  const state: ServerState = {
    pid: process.pid,
    startTicks: startTicksOf(process.pid) ?? '',
    apiUrl: `https://127.0.0.1:${options.apiPort}`,
    registryAddress: `127.0.0.1:${options.registryPort}`,
    ...(dataPlane.httpPort !== undefined && { httpPort: dataPlane.httpPort }),
    ...(dataPlane.httpsPort !== undefined && { httpsPort: dataPlane.httpsPort }),
    startedAt: clock.now().toISOString(),
  };
  await writeServerState(paths, state);
  // Last: nobody waits for more speed.
  controlPlane.startThreads(new URL('./api-front.mjs', import.meta.url)).catch((error: unknown) => {
    log.error({ err: error }, 'the front threads of the API could not be started');
  });
  return { controlPlane, dataPlane, state };
}

function stopOnSignal({ controlPlane, dataPlane }: Running): void {
  let stopping = false;
  const stop = async (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), CLOSE_TIMEOUT_MS).unref();
    controlPlane.server.beginShutdown();
    const areClosed = await closeAll([dataPlane, controlPlane], log);
    process.exit(areClosed ? 0 : 1);
  };
  process.on('SIGTERM', () => void stop('SIGTERM'));
  process.on('SIGINT', () => void stop('SIGINT'));
}

/** run runs the platform until it is told to end; who started the process is told how it goes. */
export async function run(argv: readonly string[]): Promise<void> {
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'unhandled rejection'));
  process.on('SIGHUP', () => log.info({}, 'the terminal went away: the server goes on'));
  try {
    const running = await start(parseOptions(argv, FLAGS), systemClock);
    stopOnSignal(running);
    log.info({ ...running.state, elapsedMs: Math.round(performance.now()) }, 'ready');
    report({ kind: 'ready', state: running.state });
  } catch (error) {
    log.fatal({ err: error }, 'the server could not start');
    report({ kind: 'failed', message: explainStartFailure(error) });
    // Give the message and the log time to leave.
    setTimeout(() => process.exit(1), 100);
  }
}

/** warmUp starts the API once in a directory of its own and ends it, so that its code is compiled. */
export async function warmUp(): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'sampan-warm-up-'));
  const options = parseOptions([`--data-dir=${directory}`], FLAGS);
  try {
    const controlPlane = await startControlPlane(await controlPlaneOptions(options, systemClock));
    await controlPlane.listen('127.0.0.1', 0);
    await bootstrap(controlPlane);
    await controlPlane.close();
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
