import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { cpuSeconds, kill, type Target } from './target.ts';

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

/**
 * fanOut opens watches, does the updates, and answers how long until all have seen them all, and the
 * processor time that the server took for that.
 */
export async function fanOut(
  target: Target,
  watches: {
    readonly token: string;
    readonly path: string;
    readonly count: number;
    readonly events: number;
  },
  update: () => Promise<unknown>,
): Promise<{ readonly ms: number; readonly cpuMs: number }> {
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
    const [usedBefore, started] = [await cpuSeconds(target), performance.now()];
    await update();
    await seen;
    const ms = performance.now() - started;
    return { ms, cpuMs: ((await cpuSeconds(target)) - usedBefore) * 1000 };
  } finally {
    for (const one of readers) {
      one.removeAllListeners('exit');
      await kill(one);
    }
  }
}
