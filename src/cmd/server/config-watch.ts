import { unwatchFile, watchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { ApiLog } from '../../apiserver/contracts.ts';

const CHECK_MS = 5000;

/** ConfigWatch is a file that is read again when it changes. */
export interface ConfigWatch {
  readonly path: string;
  /** What the file held when it was read last. */
  readonly text: string;
  readonly log: ApiLog;
  /** Takes the new text; what it throws is logged, and everything stays as it is. */
  apply(text: string): Promise<void>;
}

/** watchConfig looks at a file every five seconds; the answer ends that. */
export function watchConfig({ path, text, log, apply }: ConfigWatch): () => void {
  let applied = text;
  let running = Promise.resolve();
  const reload = async () => {
    try {
      const next = await readFile(path, 'utf8');
      if (next === applied) return;
      applied = next;
      await apply(next);
      log.info({ path }, 'the configuration was read anew');
    } catch (error) {
      log.error({ err: error, path }, 'the changed configuration is not used');
    }
  };
  const onChange = () => {
    running = running.then(reload);
  };
  watchFile(path, { interval: CHECK_MS, persistent: false }, onChange);
  return () => unwatchFile(path, onChange);
}
