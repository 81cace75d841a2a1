import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { kill, type Target } from './target.ts';

/** The watches are read by several processes, lest one of them be what is measured. */
const READERS = 2;

function said(reader: ChildProcess, word: string): Promise<void> {
  return new Promise((resolve, reject) => {
    reader.on('message', (message) => {
      if (message === word) resolve();
    });
    reader.once('exit', (code) => reject(new Error(`a reader of watches ended with ${code}`)));
  });
}

/** fanOutMs opens watches, does the updates, and answers how long until all have seen them all. */
export async function fanOutMs(
  target: Target,
  watches: {
    readonly token: string;
    readonly path: string;
    readonly count: number;
    readonly events: number;
  },
  update: () => Promise<unknown>,
): Promise<number> {
  const program = fileURLToPath(new URL('./programs/watch-clients.mjs', import.meta.url));
  const { token, path, count, events } = watches;
  const args = [program, target.port, token, path, count / READERS, events].map(String);
  const readers = Array.from({ length: READERS }, () =>
    spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] }),
  );
  try {
    const seen = Promise.all(readers.map((one) => said(one, 'seen')));
    seen.catch(() => undefined);
    await Promise.all(readers.map((one) => said(one, 'open')));
    const started = performance.now();
    await update();
    await seen;
    return performance.now() - started;
  } finally {
    for (const one of readers) {
      one.removeAllListeners('exit');
      await kill(one);
    }
  }
}
