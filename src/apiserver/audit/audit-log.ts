import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type { ApiLog } from '../contracts.ts';

/** AuditSink takes the lines of events. */
export interface AuditSink {
  write(line: string): void;
  /** close resolves when everything is written. */
  close(): Promise<void>;
}

/** AuditLogOptions says where the log is and when it is put aside. */
export interface AuditLogOptions {
  /** `-` is the standard output. */
  readonly path: string;
  /** The size at which a new file is begun; default 100 MiB, as upstream's. */
  readonly maxSizeBytes?: number;
  /** How long old files are kept; default for ever. */
  readonly maxAgeMs?: number;
  /** How many old files are kept; default all. */
  readonly maxBackups?: number;
  readonly log: ApiLog;
  now(): Date;
}

const DEFAULT_MAX_BYTES = 100 * 1024 * 1024;
/** What waits at most to be written; more is dropped, and counted, rather than kept in memory. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;

/** openAuditLog opens the log; the file is appended to. */
export async function openAuditLog(options: AuditLogOptions): Promise<AuditSink> {
  if (options.path === '-') {
    return { write: (line) => void process.stdout.write(line), close: async () => undefined };
  }
  await mkdir(dirname(options.path), { recursive: true });
  const log = new AuditLog(options);
  await log.open();
  return log;
}

/**
 * AuditLog writes lines to a file that is put aside when it is full, under a name with the time.
 *
 * INVARIANTS: lines are written whole and in order; one write is under way at a time. No file grows
 * beyond the limit, unless by a single line.
 */
class AuditLog implements AuditSink {
  readonly #options: AuditLogOptions;
  readonly #maxSizeBytes: number;
  #stream: WriteStream | undefined;
  #sizeBytes = 0;
  #waiting: string[] = [];
  #waitingBytes = 0;
  #dropped = 0;
  #working: Promise<void> | undefined;

  constructor(options: AuditLogOptions) {
    this.#options = options;
    this.#maxSizeBytes = options.maxSizeBytes ?? DEFAULT_MAX_BYTES;
  }

  async open(): Promise<void> {
    const { path } = this.#options;
    const stream = createWriteStream(path, { flags: 'a', mode: 0o600 });
    await new Promise<void>((resolve, reject) => {
      stream.once('open', () => resolve());
      stream.once('error', reject);
    });
    stream.on('error', (error) => this.#fail(error));
    this.#sizeBytes = (await stat(path)).size;
    this.#stream = stream;
  }

  write(line: string): void {
    if (this.#waitingBytes > MAX_WAITING_BYTES) {
      this.#dropped += 1;
      return;
    }
    this.#waiting.push(line);
    this.#waitingBytes += line.length;
    this.#working ??= this.#work();
  }

  async close(): Promise<void> {
    await this.#working;
    await new Promise<void>((resolve) => this.#stream?.end(resolve) ?? resolve());
  }

  async #work(): Promise<void> {
    // The lines of one turn go out in one write.
    await new Promise((resolve) => setImmediate(resolve));
    try {
      while (this.#waiting.length > 0) await this.#writeBatch();
    } catch (error) {
      this.#waiting = [];
      this.#waitingBytes = 0;
      this.#fail(error);
    }
    this.#working = undefined;
    if (this.#dropped === 0) return;
    this.#fail(new Error(`${this.#dropped} events could not be recorded in time`));
    this.#dropped = 0;
  }

  async #writeBatch(): Promise<void> {
    let bytes = 0;
    let count = 0;
    for (const line of this.#waiting) {
      const lineBytes = Buffer.byteLength(line);
      if (count > 0 && this.#sizeBytes + bytes + lineBytes > this.#maxSizeBytes) break;
      bytes += lineBytes;
      count += 1;
    }
    if (this.#sizeBytes > 0 && this.#sizeBytes + bytes > this.#maxSizeBytes) await this.#rotate();
    const batch = this.#waiting.splice(0, count).join('');
    this.#sizeBytes += bytes;
    await new Promise<void>((resolve, reject) => {
      this.#stream?.write(batch, (error) => (error ? reject(error) : resolve()));
    });
    this.#waitingBytes -= batch.length;
  }

  async #rotate(): Promise<void> {
    const { path, now } = this.#options;
    await new Promise<void>((resolve) => this.#stream?.end(resolve) ?? resolve());
    const time = now().toISOString().slice(0, 23).replaceAll(':', '-');
    const extension = extname(path);
    await rename(path, `${path.slice(0, path.length - extension.length)}-${time}${extension}`);
    await this.open();
    await this.#removeOld();
  }

  async #removeOld(): Promise<void> {
    const { path, maxAgeMs, maxBackups, now } = this.#options;
    if (maxAgeMs === undefined && maxBackups === undefined) return;
    const directory = dirname(path);
    const extension = extname(path);
    const prefix = `${basename(path, extension)}-`;
    const names = (await readdir(directory))
      .filter((name) => name.startsWith(prefix) && name.endsWith(extension))
      .sort()
      .reverse();
    for (const [index, name] of names.entries()) {
      const text = name.slice(prefix.length, name.length - extension.length);
      const time = Date.parse(`${text.slice(0, 10)}${text.slice(10).replaceAll('-', ':')}Z`);
      if (Number.isNaN(time)) continue;
      const isOld = maxAgeMs !== undefined && now().getTime() - time > maxAgeMs;
      if (isOld || (maxBackups !== undefined && index >= maxBackups)) {
        await rm(join(directory, name), { force: true });
      }
    }
  }

  #fail(error: unknown): void {
    this.#options.log.error({ err: error, path: this.#options.path }, 'the audit log fails');
  }
}
