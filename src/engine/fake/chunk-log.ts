import type { LogChunk, LogOptions } from '../engine.ts';

interface Entry {
  readonly chunk: LogChunk;
  readonly timeMs: number;
}

/** ChunkLog keeps what a process wrote and lets any number of readers follow it. */
export interface ChunkLog {
  append(stream: LogChunk['stream'], text: string): void;
  end(): void;
  read(options: LogOptions): AsyncIterable<LogChunk>;
}

function stamp({ chunk, timeMs }: Entry): LogChunk {
  const time = new Date(timeMs).toISOString().replace('Z', '000000Z');
  return { ...chunk, data: Buffer.concat([Buffer.from(`${time} `), chunk.data]) };
}

/** newChunkLog is an empty log; a line is one entry. */
export function newChunkLog(): ChunkLog {
  const entries: Entry[] = [];
  let ended = false;
  let wake: (() => void)[] = [];

  const notify = (): void => {
    const waiting = wake;
    wake = [];
    for (const one of waiting) one();
  };

  const more = (signal: AbortSignal | undefined): Promise<void> =>
    new Promise((resolve) => {
      wake.push(resolve);
      signal?.addEventListener('abort', () => resolve(), { once: true });
    });

  async function* read(options: LogOptions): AsyncIterable<LogChunk> {
    const since = options.sinceMs ?? 0;
    const old = entries.filter((entry) => entry.timeMs >= since);
    const skipped = options.tailLines === undefined ? 0 : old.length - options.tailLines;
    let position = entries.length - old.length + Math.max(0, skipped);
    for (;;) {
      const entry = entries[position];
      if (entry !== undefined) {
        position += 1;
        yield options.timestamps ? stamp(entry) : entry.chunk;
      } else if (!options.follow || ended || options.signal?.aborted) return;
      else await more(options.signal);
    }
  }

  return {
    append(stream, text) {
      for (const line of text.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
        entries.push({ chunk: { stream, data: Buffer.from(line) }, timeMs: Date.now() });
      }
      notify();
    },
    end() {
      ended = true;
      notify();
    },
    read,
  };
}
