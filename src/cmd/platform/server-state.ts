import { readFile, rename, writeFile } from 'node:fs/promises';
import { startTicksOf } from '../../process/process-identity.ts';
import type { Paths } from './paths.ts';

/** ServerState is what a running server writes down for `up`, `down` and the next start. */
export interface ServerState {
  readonly pid: number;
  /** The process's start in clock ticks since boot: a pid alone may have been given out again. */
  readonly startTicks: string;
  readonly apiUrl: string;
  readonly registryAddress: string;
  /** Present once the router runs. */
  readonly httpPort?: number;
  readonly httpsPort?: number;
  readonly startedAt: string;
}

const DEFAULTS = { apiUrl: 'https://127.0.0.1:8443', registryAddress: '127.0.0.1:5000' } as const;

async function writtenState(paths: Paths): Promise<ServerState | undefined> {
  try {
    return JSON.parse(await readFile(paths.serverState, 'utf8')) as ServerState;
  } catch {
    return undefined;
  }
}

/** readServerState answers the state of the server that runs now, undefined when none does. */
export async function readServerState(paths: Paths): Promise<ServerState | undefined> {
  const state = await writtenState(paths);
  return state && startTicksOf(state.pid) === state.startTicks ? state : undefined;
}

/** lastServerState answers under which addresses the last server was reached, running or not. */
export async function lastServerState(
  paths: Paths,
): Promise<Pick<ServerState, 'apiUrl' | 'registryAddress'>> {
  return (await writtenState(paths)) ?? DEFAULTS;
}

/** writeServerState replaces the state file in one step. */
export async function writeServerState(paths: Paths, state: ServerState): Promise<void> {
  const temporary = `${paths.serverState}.new`;
  await writeFile(temporary, `${JSON.stringify(state, undefined, 2)}\n`);
  await rename(temporary, paths.serverState);
}
