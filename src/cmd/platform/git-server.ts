import { execFile, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startTicksOf } from '../../process/process-identity.ts';

const run = promisify(execFile);
const FIRST_PORT = 9418;

/** IDENTITY signs the commit of an example, whoever runs the quickstart. */
const IDENTITY = ['-c', 'user.name=Sampan', '-c', 'user.email=examples@sampan.local'];

/**
 * publishExample makes a bare repository `DIRECTORY/NAME.git` from a folder of examples, with one
 * commit on branch `main`. A repository that is there stays as it is, with what was pushed to it.
 */
export async function publishExample(
  directory: string,
  name: string,
  source: string,
): Promise<void> {
  const bare = join(directory, `${name}.git`);
  const exists = await run('git', ['-C', bare, 'rev-parse', 'main']).then(
    () => true,
    () => false,
  );
  if (exists) return;
  const work = await mkdtemp(join(tmpdir(), 'sampan-example-'));
  try {
    await cp(source, work, { recursive: true });
    await run('git', ['-C', work, 'init', '--quiet', '--initial-branch=main']);
    await run('git', ['-C', work, 'add', '--all']);
    await run('git', ['-C', work, ...IDENTITY, 'commit', '--quiet', '-m', `The example ${name}`]);
    await rm(bare, { recursive: true, force: true });
    await mkdir(directory, { recursive: true });
    await run('git', ['clone', '--quiet', '--bare', work, bare]);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

interface DaemonState {
  readonly pid: number;
  readonly startTicks: string;
  readonly port: number;
}

const stateFile = (directory: string) => join(directory, 'daemon.json');

async function runningDaemon(directory: string): Promise<DaemonState | undefined> {
  try {
    const state = JSON.parse(await readFile(stateFile(directory), 'utf8')) as DaemonState;
    return startTicksOf(state.pid) === state.startTicks ? state : undefined;
  } catch {
    return undefined;
  }
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host, port }, () => server.close(() => resolve(true)));
  });
}

async function freePort(host: string): Promise<number> {
  for (let port = FIRST_PORT; port < FIRST_PORT + 100; port += 1) {
    if (await isFree(host, port)) return port;
  }
  throw new Error(`no free port for the git server between ${FIRST_PORT} and ${FIRST_PORT + 99}`);
}

/**
 * serveRepositories runs `git daemon` for a directory of repositories on the pods' gateway
 * address and answers the URL under which pods and the host reach them. One that runs is reused.
 */
export async function serveRepositories(directory: string, host: string): Promise<string> {
  const running = await runningDaemon(directory);
  if (running) return `git://${host}:${running.port}`;
  const port = await freePort(host);
  const child = spawn(
    'git',
    [
      'daemon',
      '--reuseaddr',
      '--export-all',
      `--base-path=${directory}`,
      `--listen=${host}`,
      `--port=${port}`,
      directory,
    ],
    { detached: true, stdio: 'ignore' },
  );
  child.on('error', () => {});
  child.unref();
  const deadline = Date.now() + 5000;
  while (await isFree(host, port)) {
    if (Date.now() > deadline) throw new Error(`git daemon did not start on ${host}:${port}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const state: DaemonState = {
    pid: child.pid ?? 0,
    startTicks: startTicksOf(child.pid ?? 0) ?? '',
    port,
  };
  await writeFile(stateFile(directory), JSON.stringify(state));
  return `git://${host}:${port}`;
}

/** stopServingRepositories ends the daemon and its children. */
export async function stopServingRepositories(directory: string): Promise<void> {
  const running = await runningDaemon(directory);
  if (running) {
    try {
      process.kill(-running.pid, 'SIGTERM');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
  await rm(stateFile(directory), { force: true });
}
