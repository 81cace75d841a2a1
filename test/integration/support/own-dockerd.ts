import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { newDockerEngine } from '../../../src/engine/docker/docker-engine.ts';

const run = promisify(execFile);

/**
 * The bridge of the test's own daemon. With `--bridge none` a daemon removes `docker0`, which is
 * the other daemon's.
 */
const BRIDGE = 'sampantest0';

/** OwnDockerd is a Docker daemon of a test's own, which it may restart. */
export interface OwnDockerd {
  readonly socketPath: string;
  /** restart stops the daemon, and with it all containers, and starts it again. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once('exit', () => resolve());
  });
}

/** A daemon leaves some of its own mounts behind. */
async function unmountBelow(directory: string): Promise<void> {
  const table = await readFile('/proc/self/mounts', 'utf8');
  const points = table.split('\n').map((line) => line.split(' ')[1] ?? '');
  for (const point of points.filter((one) => one.startsWith(`${directory}/`)).reverse()) {
    await run('umount', ['-l', point]);
  }
}

/** startDockerd starts a daemon with a data directory, socket and containerd of its own. */
export async function startDockerd(): Promise<OwnDockerd> {
  const directory = await mkdtemp(join(tmpdir(), 'sampan-dockerd-'));
  const socketPath = join(directory, 'docker.sock');
  const place = (name: string): string => join(directory, name);
  let daemon: ChildProcess;

  async function start(): Promise<void> {
    daemon = spawn(
      'dockerd',
      [
        ...['--data-root', place('data'), '--exec-root', place('exec'), '--pidfile', place('pid')],
        ...['--host', `unix://${socketPath}`, '--bridge', BRIDGE],
        ...['--iptables=false', '--ip-masq=false', '--shutdown-timeout', '2'],
      ],
      { stdio: 'ignore' },
    );
    const engine = newDockerEngine({ socketPath });
    for (;;) {
      if (existsSync(socketPath)) {
        const answers = await engine.info().then(
          () => true,
          () => false,
        );
        if (answers) break;
      }
      if (daemon.exitCode !== null) throw new Error(`dockerd ended with code ${daemon.exitCode}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await engine.close();
  }

  async function stop(): Promise<void> {
    daemon.kill('SIGTERM');
    await ended(daemon);
  }

  await run('ip', ['link', 'del', BRIDGE]).catch(() => undefined);
  await run('ip', ['link', 'add', BRIDGE, 'type', 'bridge']);
  await run('ip', ['addr', 'add', '10.213.77.1/24', 'dev', BRIDGE]);
  await run('ip', ['link', 'set', BRIDGE, 'up']);
  await start();
  return {
    socketPath,
    async restart() {
      await stop();
      await start();
    },
    async close() {
      await stop();
      await run('ip', ['link', 'del', BRIDGE]);
      await unmountBelow(directory);
      await rm(directory, { recursive: true, force: true });
    },
  };
}
