import { constants, createInflate } from 'node:zlib';
import dictionaries from 'spdy-transport/lib/spdy-transport/protocol/spdy/dictionary.js';

/** Headers of a SPDY stream, by lower-case name. */
export type Headers = Readonly<Record<string, string>>;

function readText(block: Buffer, at: number): { text: string; next: number } {
  const length = block.readUInt32BE(at);
  const start = at + 4;
  return { text: block.toString('utf8', start, start + length), next: start + length };
}

/** parseHeaders reads a header block of SPDY/3 that is no longer compressed. */
function parseHeaders(block: Buffer): Headers {
  const headers: Record<string, string> = {};
  const count = block.readUInt32BE(0);
  let at = 4;
  for (let index = 0; index < count; index += 1) {
    const name = readText(block, at);
    const value = readText(block, name.next);
    headers[name.text.toLowerCase()] = value.text;
    at = value.next;
  }
  return headers;
}

/**
 * newHeaderReader decompresses the header blocks of one connection, which are one zlib stream. Ask
 * for one block after the other.
 */
export function newHeaderReader(): (block: Buffer) => Promise<Headers> {
  const dictionary = dictionaries['3.1'];
  const inflate = createInflate({
    ...(dictionary === undefined ? {} : { dictionary }),
    flush: constants.Z_SYNC_FLUSH,
  });
  let fail: (error: Error) => void = () => undefined;
  // The write that breaks the stream is never called back.
  inflate.on('error', (error) => fail(error));
  return (block) =>
    new Promise((resolve, reject) => {
      fail = reject;
      inflate.write(block, (error) => {
        const bytes = inflate.read() as Buffer | null;
        if (error) reject(error);
        else if (bytes === null) reject(new Error('a header block of a stream is cut off'));
        else resolve(parseHeaders(bytes));
      });
    });
}

const ZLIB_HEADER = Buffer.from([0x78, 0x01]);
/** An empty stored block, by which the reader knows that everything is there. */
const SYNC_FLUSH = Buffer.from([0x00, 0x00, 0x00, 0xff, 0xff]);

function storedBlock(data: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt16LE(data.length, 1);
  head.writeUInt16LE(~data.length & 0xffff, 3);
  return Buffer.concat([head, data]);
}

/**
 * newEmptyHeaderWriter writes blocks without headers, all that an answer here ever has: stored
 * blocks of one zlib stream, so that no compressor is needed.
 */
export function newEmptyHeaderWriter(): () => Buffer {
  let begun = false;
  return () => {
    const none = storedBlock(Buffer.alloc(4));
    const block = Buffer.concat([...(begun ? [] : [ZLIB_HEADER]), none, SYNC_FLUSH]);
    begun = true;
    return block;
  };
}
