import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

/** Credentials are how a client reaches an API server as its administrator. */
export interface Credentials {
  readonly port: number;
  readonly caPem: string;
  readonly certPem: string;
  readonly keyPem: string;
}

/** Target is an API server under measurement, with everything that it needs to run. */
export interface Target extends Credentials {
  readonly name: string;
  /** The processes that count as the server. */
  pids(): number[];
  /** stop kills the server without a warning. */
  stop(): Promise<void>;
  /** start runs it again on the same data; answers the milliseconds until it was ready. */
  start(): Promise<number>;
}

/** Answer is a response that was read whole. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** ask sends one request as the administrator, on a connection of its own. */
export function ask(
  to: Credentials,
  what: { readonly method: string; readonly path: string; readonly body?: object },
): Promise<Answer> {
  const { port, caPem: ca, certPem: cert, keyPem: key } = to;
  const { method, path, body } = what;
  const headers = { 'Content-Type': 'application/json' };
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, ca, cert, key, method, path, headers, agent: false },
      (response) => {
        response.setEncoding('utf8');
        let text = '';
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.once('end', () => resolve({ status: response.statusCode ?? 0, text }));
        response.once('error', reject);
      },
    );
    sent.once('error', reject);
    sent.end(body && JSON.stringify(body));
  });
}

/** demand is ask for a request that must succeed; answers the object. */
export async function demand<T>(to: Credentials, what: Parameters<typeof ask>[1]): Promise<T> {
  const { status, text } = await ask(to, what);
  if (status >= 300) throw new Error(`${what.method} ${what.path}: ${status} ${text}`);
  return JSON.parse(text) as T;
}

const READY_TIMEOUT_MS = 60_000;

/** untilReady waits until a server says that it is ready. */
export async function untilReady(to: Credentials): Promise<void> {
  const end = performance.now() + READY_TIMEOUT_MS;
  while (performance.now() < end) {
    const answer = await ask(to, { method: 'GET', path: '/readyz' }).catch(() => undefined);
    if (answer?.status === 200) return;
    await sleep(10);
  }
  throw new Error(`no server became ready on port ${to.port}`);
}

/** run starts a program that writes only into a file. */
export function run(program: string, args: readonly string[], logFile: string): ChildProcess {
  const log = openSync(logFile, 'a');
  try {
    return spawn(program, args, { stdio: ['ignore', log, log] });
  } finally {
    closeSync(log);
  }
}

/** kill ends a process as a power cut would, and waits for its end. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** memoryMb is the resident memory of processes in 10^6 bytes. */
export async function memoryMb(pids: readonly number[]): Promise<number> {
  let kib = 0;
  for (const pid of pids) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    kib += Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
  }
  return (kib * 1024) / 1e6;
}

/** TICKS is how many clock ticks of /proc make a second: 100 on Linux. */
const TICKS = 100;

/** cpuSeconds is the processor time that a target has used so far. */
export async function cpuSeconds(target: Target): Promise<number> {
  let ticks = 0;
  for (const pid of target.pids()) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks / TICKS;
}
