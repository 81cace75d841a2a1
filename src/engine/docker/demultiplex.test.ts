import { describe, expect, it } from 'vitest';
import { demultiplex } from './demultiplex.ts';

function frame(stream: number, text: string): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

async function* inPieces(bytes: Buffer, size: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function collect(source: AsyncIterable<Uint8Array>): Promise<Record<string, string>> {
  const seen = { stdout: '', stderr: '' };
  for await (const { stream, data } of demultiplex(source)) seen[stream] += Buffer.from(data);
  return seen;
}

describe('demultiplex', () => {
  const bytes = Buffer.concat([frame(1, 'out'), frame(2, 'err'), frame(1, ''), frame(1, 'more')]);

  for (const size of [1, 3, 7, 8, 9, 1000]) {
    it(`splits the streams when bytes come ${size} at a time`, async () => {
      expect(await collect(inPieces(bytes, size))).toEqual({ stdout: 'outmore', stderr: 'err' });
    });
  }

  it('yields what came of a frame that was cut off', async () => {
    const cut = frame(1, 'half of it').subarray(0, 12);
    expect(await collect(inPieces(cut, 100))).toEqual({ stdout: 'half', stderr: '' });
  });
});
