import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import {
  publishExample,
  serveRepositories,
  stopServingRepositories,
} from '../../src/cmd/platform/git-server.ts';

const run = promisify(execFile);
const IDENTITY = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];

/** Repositories are git repositories of the examples, served where pods reach them. */
export interface Repositories {
  url(name: string): string;
  /** change edits one file of a repository and pushes the commit. */
  change(name: string, file: string, edit: (text: string) => string): Promise<void>;
  close(): Promise<void>;
}

/** serveExamples publishes examples and serves them on the pods' gateway address. */
export async function serveExamples(names: readonly string[], host: string): Promise<Repositories> {
  const directory = await mkdtemp(join(tmpdir(), 'sampan-git-'));
  for (const name of names) {
    await publishExample(directory, name, resolve(import.meta.dirname, '../../examples', name));
  }
  const base = await serveRepositories(directory, host);
  return {
    url: (name) => `${base}/${name}.git`,
    async change(name, file, edit) {
      const work = await mkdtemp(join(tmpdir(), 'sampan-work-'));
      try {
        await run('git', ['clone', '--quiet', join(directory, `${name}.git`), work]);
        await writeFile(join(work, file), edit(await readFile(join(work, file), 'utf8')));
        await run('git', [
          '-C',
          work,
          ...IDENTITY,
          'commit',
          '--quiet',
          '--all',
          '-m',
          `Change ${file}`,
        ]);
        await run('git', ['-C', work, 'push', '--quiet']);
      } finally {
        await rm(work, { recursive: true, force: true });
      }
    },
    async close() {
      await stopServingRepositories(directory);
      await rm(directory, { recursive: true, force: true });
    },
  };
}
