import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Output is what a command printed and how it ended. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** Platform is one Sampan, started by its own launcher, with a data directory and kubeconfig of its own. */
export interface Platform {
  readonly dataDirectory: string;
  readonly kubeconfig: string;
  readonly env: NodeJS.ProcessEnv;
  /** sampan runs the CLI and answers whatever it did. */
  sampan(...args: string[]): Promise<Output>;
  /** oc runs the CLI and throws with everything it printed unless it ended with 0. */
  oc(...args: string[]): Promise<string>;
  /** run runs any program with the platform's kubeconfig. */
  run(program: string, ...args: string[]): Promise<Output>;
  serverPid(): Promise<number>;
  /** end takes everything down, the data included. */
  end(): Promise<void>;
}

const ROOT = resolve(import.meta.dirname, '../..');

function execute(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Output> {
  return new Promise((done) => {
    execFile(program, args, { env, maxBuffer: 64 << 20, cwd: ROOT }, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === 'number' ? error.code : 1) : 0;
      done({ stdout, stderr, code });
    });
  });
}

/** startPlatform runs `sampan up` in a fresh directory. Images come from the engine's cache where they are. */
export async function startPlatform(...flags: string[]): Promise<Platform> {
  const home = await mkdtemp(join(tmpdir(), 'sampan-e2e-'));
  const dataDirectory = join(home, 'data');
  const kubeconfig = join(home, 'kubeconfig');
  const env = {
    ...process.env,
    HOME: home,
    KUBECONFIG: kubeconfig,
    SAMPAN_DATA_DIR: dataDirectory,
  };
  const launcher = join(ROOT, 'sampan');
  const sampan = (...args: string[]) => execute(launcher, args, env);
  const platform: Platform = {
    dataDirectory,
    kubeconfig,
    env,
    sampan,
    run: (program, ...args) => execute(program, args, env),
    async oc(...args) {
      const output = await sampan(...args);
      if (output.code === 0) return output.stdout;
      throw new Error(
        `sampan ${args.join(' ')} ended with ${output.code}\n${output.stdout}\n${output.stderr}`,
      );
    },
    async serverPid() {
      const { readFile } = await import('node:fs/promises');
      const state = JSON.parse(await readFile(join(dataDirectory, 'server.json'), 'utf8'));
      return state.pid as number;
    },
    async end() {
      const output = await sampan('down', '--purge');
      await rm(home, { recursive: true, force: true });
      if (output.code !== 0) throw new Error(`down --purge failed: ${output.stderr}`);
    },
  };
  await platform.oc('up', '--yes', ...flags);
  return platform;
}

/** HttpAnswer is what a route answered. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/** httpGet asks the router on loopback for a host, as a browser would; each call is a new connection. */
export function httpGet(host: string, port: number, path = '/'): Promise<HttpAnswer> {
  return new Promise((done, fail) => {
    const call = request(
      { host: '127.0.0.1', port, path, headers: { host }, agent: false },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (text: string) => {
          body += text;
        });
        response.on('end', () => done({ status: response.statusCode ?? 0, body }));
        response.on('error', fail);
      },
    );
    call.on('error', fail);
    call.setTimeout(10_000, () => call.destroy(new Error('no answer within 10 s')));
    call.end();
  });
}

/** eventually repeats a check until it passes; the last failure is the error after `ms`. */
export async function eventually<T>(ms: number, check: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + ms;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((next) => setTimeout(next, 200));
    }
  }
}
