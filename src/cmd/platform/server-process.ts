import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { startTicksOf } from '../../process/process-identity.ts';
import { apiFlagArguments } from './api-flags.ts';
import { SERVER_NODE_ARGUMENTS, serverEnvironment } from './node-runtime.ts';
import type { PlatformOptions } from './options.ts';
import { pathsOf } from './paths.ts';
import type { ServerState } from './server-state.ts';

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;
const POLL_MS = 20;

/** ServerMessage is what the server tells the process that started it. */
export type ServerMessage =
  | { readonly kind: 'progress'; readonly text: string }
  | { readonly kind: 'api-ready'; readonly elapsedMs: number }
  | { readonly kind: 'ready'; readonly state: ServerState }
  | { readonly kind: 'failed'; readonly message: string };

/** ServerStartError carries what the server said before it gave up. */
export class ServerStartError extends Error {
  override readonly name = 'ServerStartError';
}

/** serverArguments hands the options on to dist/server.mjs. */
function serverArguments(options: PlatformOptions): string[] {
  const port = (name: string, value: number | undefined) =>
    value === undefined ? [] : [`--${name}=${value}`];
  return [
    `--data-dir=${options.dataDirectory}`,
    `--engine-socket=${options.engineSocket}`,
    ...port('api-port', options.apiPort),
    ...port('registry-port', options.registryPort),
    ...port('http-port', options.httpPort),
    ...port('https-port', options.httpsPort),
    ...apiFlagArguments(options.api),
  ];
}

/**
 * startServer runs the server in the background and resolves when everything is ready. Its output
 * goes to the server log; what it reports on the way goes to `onMessage`.
 */
export async function startServer(
  options: PlatformOptions,
  onMessage: (message: ServerMessage) => void,
): Promise<ServerState> {
  const paths = pathsOf(options.dataDirectory);
  const program = fileURLToPath(new URL('./server.mjs', import.meta.url));
  const log = openSync(paths.serverLog, 'a');
  const child = spawn(
    process.execPath,
    [...SERVER_NODE_ARGUMENTS, program, ...serverArguments(options)],
    { detached: true, stdio: ['ignore', log, log, 'ipc'], env: serverEnvironment(process.env) },
  );
  try {
    return await readiness(child, paths.serverLog, onMessage);
  } finally {
    if (child.connected) child.disconnect();
    child.unref();
  }
}

function readiness(
  child: ChildProcess,
  logFile: string,
  onMessage: (message: ServerMessage) => void,
): Promise<ServerState> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new ServerStartError(`the server was not ready within 60 s: see ${logFile}`));
    }, START_TIMEOUT_MS);
    const settle = (action: () => void) => {
      clearTimeout(timer);
      child.removeAllListeners();
      action();
    };
    child.on('error', (error) => settle(() => reject(error)));
    child.on('exit', (code, signal) => {
      settle(() =>
        lastLines(logFile).then((text) => {
          const how = signal ? `was ended by ${signal}` : `ended with code ${code}`;
          reject(new ServerStartError(`the server ${how}: see ${logFile}\n${text}`));
        }),
      );
    });
    child.on('message', (message: ServerMessage) => {
      onMessage(message);
      if (message.kind === 'ready') settle(() => resolve(message.state));
      if (message.kind === 'failed') {
        settle(() => reject(new ServerStartError(message.message)));
      }
    });
  });
}

async function lastLines(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-5).join('\n');
}

/** stopServer asks the server to end, and ends it after 20 s. Pods go on running. */
export async function stopServer(state: ServerState): Promise<void> {
  const runs = () => startTicksOf(state.pid) === state.startTicks;
  if (!runs()) return;
  process.kill(state.pid, 'SIGTERM');
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  while (runs()) {
    if (Date.now() > deadline) {
      process.kill(state.pid, 'SIGKILL');
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
