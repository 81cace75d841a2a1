import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { startTicksOf } from '../../process/process-identity.ts';
import { readInfo } from './running-state.ts';
import type { StateFiles } from './state-files.ts';

const RELOAD_TIMEOUT_MS = 10_000;
const STOP_TIMEOUT_MS = 3_000;
const POLL_MS = 10;

/**
 * HaproxyProcess is one HAProxy in master-worker mode, a daemon of its own: it outlives the process
 * that started it and is found again by its pid file.
 */
export class HaproxyProcess {
  readonly #program: string;
  readonly #files: StateFiles;

  constructor(program: string, files: StateFiles) {
    this.#program = program;
    this.#files = files;
  }

  /** launch starts HAProxy with the written configuration. Throws with what HAProxy says. */
  async launch(): Promise<void> {
    await rm(this.#files.statsSocket, { force: true });
    await run(this.#program, ['-W', '-D', '-f', this.#files.config, '-p', this.#files.pid]);
  }

  /** check throws with what HAProxy says when the written configuration is not valid. */
  async check(): Promise<void> {
    await run(this.#program, ['-c', '-q', '-f', this.#files.config]);
  }

  /** reload makes the master start a new worker and resolves when the one with `id` answers. */
  async reload(id: string): Promise<void> {
    await this.check();
    const master = await this.masterPid();
    if (master === undefined) return this.launch();
    process.kill(master, 'SIGUSR2');
    await this.untilServing(id);
  }

  /** untilServing resolves when the worker with this id answers. */
  async untilServing(id: string): Promise<void> {
    const untilMs = performance.now() + RELOAD_TIMEOUT_MS;
    while ((await readInfo(this.#files.statsSocket))?.id !== id) {
      if (performance.now() > untilMs) throw new Error(`HAProxy did not come up with ${id}`);
      await pause();
    }
  }

  /** stop ends master and workers. Idempotent. */
  async stop(): Promise<void> {
    const master = await this.masterPid();
    if (master !== undefined) {
      const pids = [master, ...(await childrenOf(master))];
      const all = pids.map((pid) => ({ pid, start: startTicksOf(pid) }));
      process.kill(master, 'SIGTERM');
      await untilGone(all);
    }
    await rm(this.#files.pid, { force: true });
  }

  /**
   * masterPid is the pid of the running master of this directory; undefined when none runs. The
   * worker that answers knows its parent; the pid file is empty for a moment in every reload.
   */
  async masterPid(): Promise<number | undefined> {
    const worker = await readInfo(this.#files.statsSocket);
    const candidates = [worker && (await parentOf(worker.pid)), await this.#writtenPid()];
    for (const pid of candidates) {
      if (pid !== undefined && (await isHaproxyOf(pid, this.#files.config))) return pid;
    }
    return undefined;
  }

  async #writtenPid(): Promise<number | undefined> {
    try {
      const pid = Number((await readFile(this.#files.pid, 'utf8')).trim());
      return pid > 1 ? pid : undefined;
    } catch {
      return undefined;
    }
  }
}

async function parentOf(pid: number): Promise<number | undefined> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    return Number(/^PPid:\s+(\d+)$/m.exec(status)?.[1]) || undefined;
  } catch {
    return undefined;
  }
}

/** The pid may belong to another program by now, after a reboot for example. */
async function isHaproxyOf(pid: number, config: string): Promise<boolean> {
  try {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8');
    return command.split('\0').includes(config);
  } catch {
    return false;
  }
}

async function childrenOf(pid: number): Promise<readonly number[]> {
  try {
    const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return text.split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** A process by its pid and when it was started, so that another one is not taken for it. */
interface Process {
  readonly pid: number;
  readonly start: string | undefined;
}

/** untilGone waits for processes to end, and kills those that take too long. */
async function untilGone(processes: readonly Process[]): Promise<void> {
  const untilMs = performance.now() + STOP_TIMEOUT_MS;
  for (const { pid, start } of processes) {
    // One that has no command line any more may still have its sockets open.
    while (start !== undefined && startTicksOf(pid) === start) {
      if (performance.now() > untilMs) process.kill(pid, 'SIGKILL');
      await pause();
    }
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, POLL_MS));
}

function run(program: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: '/', stdio: ['ignore', 'ignore', 'pipe'] });
    const said: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
    child.on('error', (cause) => reject(new Error(`cannot run ${program}`, { cause })));
    child.on('exit', (code) => {
      const text = Buffer.concat(said).toString().trim();
      if (code === 0) resolve();
      else reject(new Error(`${program} ${args.join(' ')}: ${text || `exit code ${code}`}`));
    });
  });
}
