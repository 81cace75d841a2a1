import type { Answer } from './outgoing.ts';

/** Bytes reads a stream by lines and by counts. */
class Bytes {
  private readonly source: AsyncIterator<Buffer>;
  private rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.source = source[Symbol.asyncIterator]();
  }

  private async more(): Promise<boolean> {
    const { value, done } = await this.source.next();
    if (done) return false;
    this.rest = this.rest.length === 0 ? value : Buffer.concat([this.rest, value]);
    return true;
  }

  /** line answers the next line without its end. Throws when the stream ends before. */
  async line(): Promise<string> {
    for (;;) {
      const end = this.rest.indexOf('\r\n');
      if (end >= 0) {
        const text = this.rest.toString('latin1', 0, end);
        this.rest = this.rest.subarray(end + 2);
        return text;
      }
      if (!(await this.more())) throw new Error('unexpected EOF');
    }
  }

  /** some answers up to `limit` bytes as they come; nothing at the end of the stream. */
  async some(limit: number): Promise<Buffer | undefined> {
    if (this.rest.length === 0 && !(await this.more())) return undefined;
    const piece = this.rest.subarray(0, limit);
    this.rest = this.rest.subarray(piece.length);
    return piece;
  }

  /** close lets go of the stream. */
  async close(): Promise<void> {
    await this.source.return?.();
  }
}

async function* counted(bytes: Bytes, length: number): AsyncGenerator<Buffer> {
  for (let left = length; left > 0; ) {
    const piece = await bytes.some(left);
    if (!piece) throw new Error('unexpected EOF');
    left -= piece.length;
    yield piece;
  }
}

async function* chunked(bytes: Bytes): AsyncGenerator<Buffer> {
  for (;;) {
    const size = Number.parseInt(await bytes.line(), 16);
    if (!Number.isInteger(size)) throw new Error('malformed chunked encoding');
    if (size === 0) return;
    yield* counted(bytes, size);
    await bytes.line();
  }
}

async function* untilEnd(bytes: Bytes): AsyncGenerator<Buffer> {
  for (;;) {
    const piece = await bytes.some(Number.POSITIVE_INFINITY);
    if (!piece) return;
    yield piece;
  }
}

async function* bodyOf(bytes: Bytes, headers: Record<string, string>): AsyncGenerator<Buffer> {
  const length = headers['content-length'];
  try {
    if (headers['transfer-encoding']?.toLowerCase().includes('chunked')) yield* chunked(bytes);
    else if (length !== undefined) yield* counted(bytes, Number(length));
    else yield* untilEnd(bytes);
  } finally {
    await bytes.close();
  }
}

/**
 * readAnswer reads the head of an HTTP/1.1 answer and answers it with its body, which is read as
 * it is asked for. Throws when the stream ends early or is not HTTP.
 */
export async function readAnswer(source: AsyncIterable<Buffer>): Promise<Answer> {
  const bytes = new Bytes(source);
  for (;;) {
    const status = /^HTTP\/1\.[01] (\d{3})/.exec(await bytes.line());
    if (!status) throw new Error('malformed HTTP response');
    const headers: Record<string, string> = {};
    for (let line = await bytes.line(); line !== ''; line = await bytes.line()) {
      const colon = line.indexOf(':');
      const name = line.slice(0, colon).trim().toLowerCase();
      const value = line.slice(colon + 1).trim();
      headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
    }
    const statusCode = Number(status[1]);
    // 1xx answers come before the one that counts.
    if (statusCode >= 200) {
      const body = bodyOf(bytes, headers);
      return { statusCode, headers, [Symbol.asyncIterator]: () => body };
    }
  }
}
