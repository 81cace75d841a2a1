import type { Readable, Writable } from 'node:stream';

/** Io is what a command sees of the process that runs it; tests give it buffers. */
export interface Io {
  /** The name in messages: how the user called the program, `sampan` or `oc`. */
  readonly program: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdin: Readable;
  readonly stdout: Writable;
  /** out writes text to standard output, exactly as given. */
  out(text: string): void;
  /** err writes text to standard error, exactly as given. */
  err(text: string): void;
  /** Whether standard input is a terminal. */
  readonly inputIsTerminal: boolean;
  /** Whether standard output is a terminal. */
  readonly outputIsTerminal: boolean;
  /** Aborted by SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
  /** now answers the time; ages are counted from it. */
  now(): Date;
}
