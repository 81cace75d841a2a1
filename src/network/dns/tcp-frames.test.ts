import { expect, it } from 'vitest';
import { framed, newFrameReader } from './tcp-frames.ts';

it.each([1, 2, 3, 7, 100])('messages survive chunks of %d bytes', (size) => {
  const sent = ['one', '', 'three'].map((text) => Buffer.from(text));
  const bytes = Buffer.concat(sent.map(framed));
  const got: string[] = [];
  const read = newFrameReader((message) => got.push(message.toString()));
  for (let at = 0; at < bytes.length; at += size) read(bytes.subarray(at, at + size));
  expect(got).toEqual(['one', '', 'three']);
});
