import type { Status } from '../../machinery/meta/v1.ts';

/** TerminalSize is what a client sends when its window changes. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** CommandStreams are the streams between a client and a process, whatever carries them. */
export interface CommandStreams {
  /** To the client's half-close; undefined when it wanted none. */
  readonly stdin: AsyncIterable<Uint8Array> | undefined;
  readonly resizes: AsyncIterable<TerminalSize>;
  /** closed aborts when the client is gone. */
  readonly closed: AbortSignal;
  /** write resolves when the client can take more. A stream that the client did not want is dropped. */
  write(stream: 'stdout' | 'stderr', data: Uint8Array): Promise<void>;
  /** finish tells how it ended, and ends the connection. */
  finish(status: Status): Promise<void>;
}

/** CommandOptions are the streams that a client asks for. */
export interface CommandOptions {
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly tty: boolean;
}

/** parseSize reads the JSON of a resize; undefined for anything else. */
export function parseSize(text: string): TerminalSize | undefined {
  try {
    const { Width, Height } = JSON.parse(text) as { Width?: number; Height?: number };
    return Width && Height ? { columns: Width, rows: Height } : undefined;
  } catch {
    // A client that sends nonsense keeps its size.
    return undefined;
  }
}

/** nonZeroExit is the status of a command that ended with an exit code. */
export function nonZeroExit(code: number): Status {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    reason: 'NonZeroExitCode',
    message: `command terminated with non-zero exit code: exit status ${code}`,
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  };
}
