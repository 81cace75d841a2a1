import { execFile, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';

const run = promisify(execFile);

/** GitServer serves repositories made from folders over git's own protocol. */
export interface GitServer {
  readonly host: string;
  readonly port: number;
  /** url answers the address of a repository. */
  url(name: string): string;
  /** add makes a repository of one commit from a folder; answers the commit. */
  add(name: string, folder: string): Promise<string>;
  /** git runs git in a repository's work tree. */
  git(name: string, ...args: readonly string[]): Promise<string>;
  worktree(name: string): string;
  close(): Promise<void>;
}

const AUTHOR = [
  '-c',
  'user.name=Ada Author',
  '-c',
  'user.email=ada@example.com',
  '-c',
  'commit.gpgsign=false',
  '-c',
  'init.defaultBranch=master',
];

/** newGitServer starts `git daemon` over a temporary directory. */
export async function newGitServer(host = '127.0.0.1'): Promise<GitServer> {
  const directory = await mkdtemp(join(tmpdir(), 'sampan-git-'));
  const port = await freePort(host);
  const daemon = spawn(
    'git',
    [
      'daemon',
      '--reuseaddr',
      '--export-all',
      `--base-path=${directory}`,
      `--listen=${host}`,
      `--port=${port}`,
    ],
    { stdio: 'ignore' },
  );
  const worktree = (name: string) => join(directory, name);
  const git = async (name: string, ...args: readonly string[]) => {
    const { stdout } = await run('git', [...AUTHOR, ...args], { cwd: worktree(name) });
    return stdout.trim();
  };
  await sleep(200);
  return {
    host,
    port,
    worktree,
    git,
    url: (name) => `git://${host}:${port}/${name}`,
    async add(name, folder) {
      await mkdir(worktree(name), { recursive: true });
      await cp(folder, worktree(name), { recursive: true });
      await git(name, 'init', '-q');
      await git(name, 'add', '-A');
      await git(name, 'commit', '-q', '-m', `Add ${name}`);
      return git(name, 'rev-parse', 'HEAD');
    },
    async close() {
      const ended = new Promise((resolve) => daemon.once('close', resolve));
      daemon.kill('SIGTERM');
      await ended;
      await rm(directory, { recursive: true, force: true });
    },
  };
}
