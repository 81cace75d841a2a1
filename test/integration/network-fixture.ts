import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import type { Logger } from '../../src/controller-kit/controller.ts';
import type { NetworkOptions } from '../../src/network/network-options.ts';

const run = promisify(execFile);

/** TestLog keeps the messages of warnings and errors. */
export interface TestLog extends Logger {
  readonly warnings: string[];
}

/** newTestLog makes a TestLog. */
export function newTestLog(): TestLog {
  const warnings: string[] = [];
  const keep = (_fields: object, message: string) => void warnings.push(message);
  return { warnings, debug: () => undefined, info: () => undefined, warn: keep, error: keep };
}

/** testNetwork are options that meet no live instance. */
export const testNetwork = {
  podCidr: '10.199.0.0/24',
  serviceCidr: '10.198.0.0/24',
  dnsServiceIP: '10.198.0.10',
  gatewayInterface: 'spt0',
  interfacePrefix: 'sptest',
  tableName: 'sptest',
} satisfies Omit<NetworkOptions, 'log'>;

/** TestPod is a process in a network namespace of its own, as a sandbox is. */
export interface TestPod {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  readonly pid: number;
  /** exec runs a program inside and answers its output. */
  exec(command: string, ...args: string[]): Promise<string>;
  /** serve answers every HTTP request on a port with a text. */
  serve(port: number, text: string): Promise<void>;
  /** serveUdp answers every datagram on a port with a text. */
  serveUdp(port: number, text: string): Promise<void>;
  stop(): Promise<void>;
}

/** startTestPod starts an empty sandbox, not yet connected. */
export async function startTestPod(name: string): Promise<TestPod> {
  const sandbox = spawn('unshare', ['--net', 'sleep', 'infinity'], { stdio: 'ignore' });
  const pid = sandbox.pid ?? 0;
  await waitForNamespace(pid);
  const children: ChildProcess[] = [sandbox];
  const inside = [`--net=/proc/${pid}/ns/net`];
  const start = async (script: string) => {
    const child = spawn('nsenter', [...inside, process.execPath, '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    await new Promise((resolve) => child.stdout.once('data', resolve));
  };
  return {
    uid: `uid-${name}-${pid}`,
    name,
    namespace: 'test',
    pid,
    exec: async (command, ...args) => (await run('nsenter', [...inside, command, ...args])).stdout,
    serve: (port, text) =>
      start(
        `require('http').createServer((_, r) => r.end(${JSON.stringify(text)})).listen(${port}, () => console.log('up'))`,
      ),
    serveUdp: (port, text) =>
      start(
        `const s = require('dgram').createSocket('udp4'); s.on('message', (_, r) => s.send(${JSON.stringify(text)}, r.port, r.address)); s.bind(${port}, () => console.log('up'))`,
      ),
    stop: async () => {
      for (const child of children) child.kill('SIGKILL');
      await Promise.all(children.map(ended));
    },
  };
}

async function waitForNamespace(pid: number): Promise<void> {
  const { readlink } = await import('node:fs/promises');
  const own = await readlink('/proc/self/ns/net');
  while ((await readlink(`/proc/${pid}/ns/net`)) === own) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function ended(child: ChildProcess): Promise<unknown> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', resolve));
}

/** curl fetches with curl on the host; it answers the body, or throws with curl's exit code. */
export async function curl(url: string, ...args: string[]): Promise<string> {
  return (await run('curl', ['-sS', '--max-time', '5', ...args, url])).stdout;
}

/** command runs a program on the host and answers its output. */
export async function command(program: string, ...args: string[]): Promise<string> {
  return (await run(program, args)).stdout;
}
