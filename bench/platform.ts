import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import {
  publishExample,
  serveRepositories,
  stopServingRepositories,
} from '../src/cmd/platform/git-server.ts';
import { GATEWAY } from '../src/cmd/platform/paths.ts';
import type { Result, Row } from './load/figures.ts';
import { memoryMb } from './load/target.ts';

const execute = promisify(execFile);
const ROOT = resolve('.');
const BUILDER = 'sampan/ruby:3.1';
const EXAMPLE = 'ruby-hello';
const LIMIT_MS = 300_000;

interface Platform {
  readonly env: NodeJS.ProcessEnv;
  readonly data: string;
  sampan(...args: string[]): Promise<string>;
}

function newPlatform(home: string): Platform {
  const data = join(home, 'data');
  const env = {
    ...process.env,
    HOME: home,
    KUBECONFIG: join(home, 'kubeconfig'),
    SAMPAN_DATA_DIR: data,
  };
  return {
    env,
    data,
    sampan: async (...args) =>
      (await execute(join(ROOT, 'sampan'), args, { env, maxBuffer: 64 << 20 })).stdout,
  };
}

/** upMs runs `sampan up` and answers when the API answered and when everything was ready. */
function upMs(platform: Platform): Promise<{ apiMs: number; readyMs: number }> {
  return new Promise((done, fail) => {
    const started = performance.now();
    const child = spawn(join(ROOT, 'sampan'), ['up', '--yes', '--images=false'], {
      env: platform.env,
    });
    let apiMs = 0;
    let text = '';
    child.stderr.on('data', (chunk: Buffer) => {
      text += chunk;
      if (apiMs === 0 && text.includes('the API answers')) apiMs = performance.now() - started;
    });
    child.on('error', fail);
    child.on('exit', (code) => {
      if (code === 0) done({ apiMs, readyMs: performance.now() - started });
      else fail(new Error(`sampan up ended with ${code}: ${text}`));
    });
  });
}

async function stateOf(platform: Platform): Promise<{ pid: number; httpPort: number }> {
  return JSON.parse(await readFile(join(platform.data, 'server.json'), 'utf8'));
}

async function serverMemoryMb(platform: Platform): Promise<number> {
  const { pid } = await stateOf(platform);
  return memoryMb([pid]);
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((done) => {
    const call = request(
      { host: '127.0.0.1', port, headers: { host }, agent: false },
      (response) => {
        response.resume();
        done(response.statusCode === 200);
      },
    );
    call.on('error', () => done(false));
    call.end();
  });
}

async function until(check: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  while (!(await check())) {
    if (performance.now() > deadline) throw new Error('it did not happen within five minutes');
    await new Promise((next) => setTimeout(next, 20));
  }
}

/** bareMs is what cannot be saved: the assemble script in a container, and a container of the result. */
async function bareMs(): Promise<number> {
  const name = `sampan-bench-${process.pid}`;
  const source = join(ROOT, 'examples', EXAMPLE);
  const started = performance.now();
  try {
    await execute('docker', [
      'create',
      '--user',
      '0',
      '--name',
      name,
      BUILDER,
      '/bin/sh',
      '-c',
      '/usr/libexec/s2i/assemble',
    ]);
    await execute('docker', ['cp', `${source}/.`, `${name}:/tmp/src`]);
    await execute('docker', ['start', '-a', name]);
    await execute('docker', ['commit', '-c', 'CMD ["/usr/libexec/s2i/run"]', name, name]);
    await execute('docker', [
      'run',
      '-d',
      '--name',
      `${name}-app`,
      '-p',
      '127.0.0.1:18080:8080',
      name,
    ]);
    await until(() => answers('localhost', 18080));
    return performance.now() - started;
  } finally {
    await execute('docker', ['rm', '-f', name, `${name}-app`]).catch(() => undefined);
    await execute('docker', ['rmi', name]).catch(() => undefined);
  }
}

async function sourceToUrl(platform: Platform, home: string): Promise<Row[]> {
  const repositories = join(home, 'git');
  await publishExample(repositories, EXAMPLE, join(ROOT, 'examples', EXAMPLE));
  const url = `${await serveRepositories(repositories, GATEWAY)}/${EXAMPLE}.git`;
  const { httpPort } = await stateOf(platform);
  const host = `${EXAMPLE}-bench.apps.localhost`;
  try {
    await platform.sampan('new-project', 'bench');
    const started = performance.now();
    await platform.sampan('new-app', `ruby~${url}`);
    await platform.sampan('expose', `svc/${EXAMPLE}`);
    await until(() => answers(host, httpPort));
    const first = performance.now() - started;
    const again = performance.now();
    await platform.sampan('start-build', EXAMPLE, '--wait');
    const rebuild = performance.now() - again;
    const bare = await bareMs();
    return [
      { work: 'git URL to first answered request', value: first / 1000, unit: 's' },
      { work: 'assemble script and docker run by hand', value: bare / 1000, unit: 's' },
      { work: 'difference', value: (first - bare) / 1000, unit: 's', goal: '2' },
      { work: 'start-build --wait, nothing changed', value: rebuild / 1000, unit: 's' },
    ];
  } finally {
    await stopServingRepositories(repositories);
  }
}

async function measure(home: string): Promise<Row[]> {
  const platform = newPlatform(home);
  const first = await upMs(platform);
  await new Promise((settled) => setTimeout(settled, 3000));
  const idle = await serverMemoryMb(platform);
  await platform.sampan('down');
  const second = await upMs(platform);
  const rows: Row[] = [
    { work: 'up, first time: API answers', value: first.apiMs, unit: 'ms', goal: '1,000' },
    { work: 'up, first time: everything ready', value: first.readyMs, unit: 'ms', goal: '3,000' },
    { work: 'up again: API answers', value: second.apiMs, unit: 'ms', goal: '1,000' },
    { work: 'up again: everything ready', value: second.readyMs, unit: 'ms', goal: '3,000' },
    { work: 'memory of the server, idle', value: idle, unit: 'MB', goal: '200' },
  ];
  await platform.sampan('down');
  await platform.sampan('up', '--yes');
  rows.push(...(await sourceToUrl(platform, home)));
  rows.push({
    work: 'memory of the server after this',
    value: await serverMemoryMb(platform),
    unit: 'MB',
  });
  return rows;
}

/**
 * run measures the whole platform as a user starts it. It needs the platform's ports and that no
 * other Sampan runs; images that are not made yet are made first and not counted.
 */
export async function run(): Promise<Result> {
  const home = await mkdtemp(join(tmpdir(), 'sampan-bench-'));
  try {
    return { name: 'platform', rows: await measure(home) };
  } finally {
    await newPlatform(home)
      .sampan('down')
      .catch(() => undefined);
    await rm(home, { recursive: true, force: true });
  }
}
