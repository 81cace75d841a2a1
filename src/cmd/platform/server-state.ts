import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { startTicksOf } from '../../storage/process-identity.ts';
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

/** readServerState answers the state of the server that runs now, undefined when none does. */
export async function readServerState(paths: Paths): Promise<ServerState | undefined> {
  let state: ServerState;
  try {
    state = JSON.parse(await readFile(paths.serverState, 'utf8')) as ServerState;
  } catch {
    return undefined;
  }
  return startTicksOf(state.pid) === state.startTicks ? state : undefined;
}

/** writeServerState replaces the state file in one step. */
export async function writeServerState(paths: Paths, state: ServerState): Promise<void> {
  const temporary = `${paths.serverState}.new`;
  await writeFile(temporary, `${JSON.stringify(state, undefined, 2)}\n`);
  await rename(temporary, paths.serverState);
}

/** removeServerState forgets a server that has ended. */
export async function removeServerState(paths: Paths): Promise<void> {
  await rm(paths.serverState, { force: true });
}
