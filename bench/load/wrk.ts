import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cpuSeconds, type Target } from './target.ts';

/** NAME stands for the name of an object, in paths and bodies; `{serial}` for a number that never comes again. */
export const NAME = '{name}';

/** Load is requests of one kind from some clients at once, each on a connection of its own. */
export interface Load {
  readonly clients: number;
  /** How many requests; absent: as many as fit into `SECONDS`. */
  readonly requests?: number;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: string;
  readonly contentType?: string;
  /** Names count from 0 within each of the generator's threads: `PREFIX-THREAD-COUNT`, see nameOf. */
  readonly prefix?: string;
  /** After so many names of a thread they begin again; absent: every name is new. */
  readonly names?: number;
}

/** LoadResult is what came of a load. */
export interface LoadResult {
  readonly perSecond: number;
  /** Processor time of the server for one request. */
  readonly cpuMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const SECONDS = 3;
const MOST_SECONDS = 60;

/** nameOf is the name of an object that a thread of the generator asks for. */
export function nameOf(prefix: string, thread: number, count: number): string {
  return `${prefix}-${thread}-${count}`;
}

const DONE = `
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('{"requests":%d,"seconds":%f,"failed":%d,"p50Ms":%f,"p99Ms":%f}',
    summary.requests, summary.duration / 1e6, e.connect + e.read + e.write + e.status + e.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
`;

function luaText(text: string): string {
  return `[==[${text}]==]`;
}

/** luaExpression is an expression for a text with the variables put in. */
function luaExpression(text: string): string {
  return text
    .split(/(\{name\}|\{serial\})/)
    .map((part) => (part === NAME ? 'name' : part === '{serial}' ? 'count' : luaText(part)))
    .join(' .. ');
}

const THREAD_DONE = '#';

/** A thread that has its responses says so: the generator itself would go on to the end of its time. */
function stopAfter(responses: number): string {
  return `
local left = ${responses}
function response()
  left = left - 1
  if left == 0 then
    io.write('${THREAD_DONE}')
    io.flush()
    wrk.thread:stop()
  end
end`;
}

function scriptOf(load: Load, token: string): string {
  const { method, path, body, contentType = 'application/json', prefix = 'x', names } = load;
  const count = names === undefined ? 'count' : `(count % ${names})`;
  return `
local threads = 0
function setup(thread)
  thread:set('number', threads)
  threads = threads + 1
end
local count = -1
local headers = { Authorization = ${luaText(`Bearer ${token}`)}, ['Content-Type'] = ${luaText(contentType)} }
function request()
  count = count + 1
  local name = ${luaText(prefix)} .. '-' .. number .. '-' .. ${count}
  return wrk.format('${method}', ${luaExpression(path)}, headers, ${body === undefined ? 'nil' : luaExpression(body)})
end
${load.requests === undefined ? '' : stopAfter(Math.ceil(load.requests / threadsOf(load.clients)))}
${DONE}`;
}

/** threadsOf is how many threads the generator uses for a load. */
export function threadsOf(clients: number): number {
  return clients === 1 ? 1 : 2;
}

/** runWrk runs the generator, and interrupts it when all its threads are done. */
async function runWrk(load: Load, script: string, port: number): Promise<string> {
  const threads = threadsOf(load.clients);
  const seconds = load.requests === undefined ? SECONDS : MOST_SECONDS;
  const args = [`-t${threads}`, `-c${load.clients}`, `-d${seconds}s`, '--timeout=30s'];
  const child = spawn('wrk', [...args, `-s${script}`, `https://127.0.0.1:${port}/`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.setEncoding('utf8');
  let text = '';
  child.stdout.on('data', (chunk: string) => {
    text += chunk;
    if (text.split(THREAD_DONE).length > threads) child.kill('SIGINT');
  });
  await once(child, 'close');
  return text;
}

/** drive puts a load on a target; throws when one request in a hundred fails. */
export async function drive(target: Target, load: Load, token: string): Promise<LoadResult> {
  const directory = await mkdtemp(join(tmpdir(), 'sampan-wrk-'));
  try {
    const script = join(directory, 'load.lua');
    await writeFile(script, scriptOf(load, token));
    const before = await cpuSeconds(target);
    const stdout = await runWrk(load, script, target.port);
    const cpu = (await cpuSeconds(target)) - before;
    const result = JSON.parse(stdout.slice(stdout.indexOf('{'))) as {
      requests: number;
      seconds: number;
      failed: number;
      p50Ms: number;
      p99Ms: number;
    };
    const { requests, seconds, failed, p50Ms, p99Ms } = result;
    if (failed > requests / 100) {
      throw new Error(
        `${target.name}: ${failed} of ${requests} ${load.method} ${load.path} failed`,
      );
    }
    return { perSecond: requests / seconds, cpuMs: (cpu * 1000) / requests, p50Ms, p99Ms };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
