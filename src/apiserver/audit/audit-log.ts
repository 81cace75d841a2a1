import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
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

const NEWLINE = 0x0a;
const DEFAULT_MAX_BYTES = 100 * 1024 * 1024;
/** What waits at most to be written; more is dropped, and counted, rather than kept in memory. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;

/** openAuditLog opens the log; the file is appended to. */
export async function openAuditLog(options: AuditLogOptions): Promise<AuditSink> {
  if (options.path === '-') {
    return { write: (line) => void process.stdout.write(line), close: async () => undefined };
  }
  const log = new AuditLog(options);
  await log.open();
  return log;
}

/**
 * AuditLog writes lines to a file that is put aside when it is full, under a name with the time.
 * What cannot be written (a full disk) is lost, and counted; later lines are tried again.
 *
 * INVARIANTS: lines are written whole and in order; one write is under way at a time. No file grows
 * beyond the limit, unless by a single line, or where it cannot be put aside.
 */
class AuditLog implements AuditSink {
  readonly #options: AuditLogOptions;
  readonly #maxSizeBytes: number;
  #file: FileHandle | undefined;
  #sizeBytes = 0;
  #waiting: string[] = [];
  #waitingBytes = 0;
  #lost = 0;
  #isFailing = false;
  #working: Promise<void> | undefined;

  constructor(options: AuditLogOptions) {
    this.#options = options;
    this.#maxSizeBytes = options.maxSizeBytes ?? DEFAULT_MAX_BYTES;
  }

  async open(): Promise<void> {
    const { path } = this.#options;
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, 'a', 0o600);
    this.#sizeBytes = (await file.stat()).size;
    await this.#file?.close();
    this.#file = file;
  }

  write(line: string): void {
    if (this.#waitingBytes > MAX_WAITING_BYTES) {
      this.#lost += 1;
      return;
    }
    this.#waiting.push(line);
    this.#waitingBytes += line.length;
    this.#working ??= this.#work();
  }

  async close(): Promise<void> {
    await this.#working;
    await this.#file?.close();
    this.#file = undefined;
  }

  async #work(): Promise<void> {
    // The lines of one turn go out in one write.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      try {
        await this.#makeRoom().finally(() => this.#writeBatch());
        this.#recover();
      } catch (error) {
        this.#fail(error);
      }
    }
    this.#working = undefined;
  }

  async #writeBatch(): Promise<void> {
    const batch = this.#waiting.splice(0, this.#fitting()).join('');
    await this.#append(Buffer.from(batch)).finally(() => {
      this.#waitingBytes -= batch.length;
    });
  }

  /** fitting is how many of the lines that wait fit into the file; one does in any case. */
  #fitting(): number {
    let bytes = this.#sizeBytes;
    let count = 0;
    for (const line of this.#waiting) {
      bytes += Buffer.byteLength(line);
      if (count > 0 && bytes > this.#maxSizeBytes) break;
      count += 1;
    }
    return count;
  }

  /** append writes lines; those for which there is no room are lost. */
  async #append(bytes: Buffer): Promise<void> {
    const file = this.#file;
    if (!file) throw new Error('the file is closed');
    let done = 0;
    try {
      while (done < bytes.length) done += (await file.write(bytes, done)).bytesWritten;
    } catch (error) {
      // A line of which a part was written is taken back.
      const whole = bytes.subarray(0, done).lastIndexOf('\n') + 1;
      this.#sizeBytes += whole;
      this.#lost += bytes.subarray(whole).filter((byte) => byte === NEWLINE).length;
      await file.truncate(this.#sizeBytes);
      throw error;
    }
    this.#sizeBytes += done;
  }

  /** makeRoom puts the file aside where the next line does not fit; what fails leaves it in use. */
  async #makeRoom(): Promise<void> {
    const next = Buffer.byteLength(this.#waiting[0] ?? '');
    if (this.#sizeBytes === 0 || this.#sizeBytes + next <= this.#maxSizeBytes) return;
    const { path, now } = this.#options;
    const time = now().toISOString().slice(0, 23).replaceAll(':', '-');
    const extension = extname(path);
    const aside = `${path.slice(0, path.length - extension.length)}-${time}${extension}`;
    await rename(path, aside).catch((error: NodeJS.ErrnoException) => {
      // Somebody else has taken it away.
      if (error.code !== 'ENOENT') throw error;
    });
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

  /** fail says once that lines are lost, until some are written again. */
  #fail(error: unknown): void {
    if (this.#isFailing) return;
    this.#isFailing = true;
    this.#options.log.error({ err: error, path: this.#options.path }, 'the audit log fails');
  }

  #recover(): void {
    this.#isFailing = false;
    if (this.#lost === 0) return;
    const { log, path } = this.#options;
    log.error({ path, lost: this.#lost }, 'events were not recorded in the audit log');
    this.#lost = 0;
  }
}
