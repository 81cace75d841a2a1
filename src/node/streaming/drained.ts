import type { Writable } from 'node:stream';

/** drained resolves when a stream can take more, or never will again. */
export function drained(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      stream.off('drain', go).off('close', go).off('error', go);
      resolve();
    };
    if (stream.destroyed) resolve();
    else stream.on('drain', go).on('close', go).on('error', go);
  });
}
