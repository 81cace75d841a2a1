import { describe, expect, it } from 'vitest';
import { decodeFrames, encodeFrame, frameBytes } from './journal-frame.ts';

const records = (...revisions: number[]) =>
  revisions.map((revision) => ({ revision, bytes: Buffer.from(`change ${revision}`) }));

function read(bytes: Buffer): string {
  return decodeFrames(bytes)
    .map((frame) => `${frame.generation}: ${frame.records.map((one) => one.bytes).join(', ')}`)
    .join('; ');
}

const empty = Buffer.alloc(200);

describe('decodeFrames', () => {
  it('reads what was written, up to the empty end', () => {
    const file = Buffer.concat([encodeFrame(3, records(1, 2)), encodeFrame(3, records(3)), empty]);
    expect(read(file)).toBe('3: change 1, change 2; 3: change 3');
    expect(frameBytes(records(1, 2))).toBe(encodeFrame(3, records(1, 2)).length);
    expect(decodeFrames(file)[1]?.records[0]?.revision).toBe(3);
  });

  it('stops at what is left of an earlier generation', () => {
    const old = Buffer.concat([encodeFrame(1, records(1)), encodeFrame(1, records(2))]);
    encodeFrame(2, records(9)).copy(old);
    expect(read(old)).toBe('2: change 9');
  });

  it.each([
    ['length', 3],
    ['check sum', 5],
    ['generation', 12],
    ['revision', 20],
    ['bytes', 30],
  ])('leaves out a frame whose %s is damaged', (what, at) => {
    const first = encodeFrame(1, records(1));
    const torn = encodeFrame(1, records(2));
    torn[at] = (torn[at] ?? 0) ^ 1;
    const file = Buffer.concat([first, torn, encodeFrame(1, records(3)), empty]);
    // Where the next one begins is known by the length.
    expect(read(file)).toBe(what === 'length' ? '1: change 1' : '1: change 1; 1: change 3');
  });

  it('reads nothing from a file that ends within a frame', () => {
    const frame = encodeFrame(1, records(1));
    for (let end = 0; end < frame.length; end += 1) {
      expect(decodeFrames(frame.subarray(0, end))).toEqual([]);
    }
  });
});
