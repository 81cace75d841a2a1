import { describe, expect, it } from 'vitest';
import { readAnswer } from './read-answer.ts';

async function* pieces(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(text: string, size: number) {
  const answer = await readAnswer(pieces(text, size));
  const chunks: Uint8Array[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  return { ...answer, body: Buffer.concat(chunks).toString('utf8') };
}

const COUNTED = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nhé\nxy';
const CHUNKED =
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nA;x=y\r\n, world!!!\r\n0\r\n\r\n';

describe('readAnswer', () => {
  it.each([1, 2, 3, 7, 1000])('reads answers that come in pieces of %d bytes', async (size) => {
    expect(await read(COUNTED, size)).toMatchObject({
      statusCode: 200,
      headers: { 'content-type': 'text/plain' },
      body: 'hé\nxy',
    });
    expect((await read(CHUNKED, size)).body).toBe('hello, world!!!');
  });

  it('reads to the end where no length is told, and joins repeated headers', async () => {
    const text = 'HTTP/1.1 404 Not Found\r\nWarning: a\r\nwarning: b\r\n\r\nrest';
    expect(await read(text, 4)).toMatchObject({
      statusCode: 404,
      headers: { warning: 'a, b' },
      body: 'rest',
    });
  });

  it('passes over interim answers', async () => {
    expect(
      (await read(`HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n${COUNTED}`, 5)).statusCode,
    ).toBe(200);
  });

  it.each([
    ['an answer that is cut off', CHUNKED.slice(0, -12), 'unexpected EOF'],
    ['a short body', COUNTED.slice(0, -2), 'unexpected EOF'],
    ['something else', 'SSH-2.0-x\r\n', 'malformed HTTP response'],
    ['a broken chunk', CHUNKED.replace('5\r\n', 'zz\r\n'), 'malformed chunked encoding'],
  ])('fails at %s', async (_, text, message) => {
    await expect(read(text, 3)).rejects.toThrow(message);
  });
});
