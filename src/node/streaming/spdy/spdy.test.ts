import { Duplex, PassThrough } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { constants, deflateSync } from 'node:zlib';
import dictionaries from 'spdy-transport/lib/spdy-transport/protocol/spdy/dictionary.js';
import { describe, expect, it } from 'vitest';
import { controlFrame, dataFrame, FRAME, readFrames, words } from './frames.ts';
import { newHeaderReader } from './header-block.ts';
import { type SpdyStream, serveSpdy } from './spdy-connection.ts';

function headerBlock(headers: Record<string, string>): Buffer {
  const texts = Object.entries(headers).flat();
  const parts = texts.flatMap((text) => [words(Buffer.byteLength(text)), Buffer.from(text)]);
  return Buffer.concat([words(texts.length / 2), ...parts]);
}

function compressed(headers: Record<string, string>): Buffer {
  const dictionary = dictionaries['3.1'];
  const options = dictionary === undefined ? {} : { dictionary };
  return deflateSync(headerBlock(headers), { ...options, finishFlush: constants.Z_SYNC_FLUSH });
}

describe('header blocks', () => {
  it('are read with the dictionary of the specification', async () => {
    const read = newHeaderReader();
    expect(await read(compressed({ StreamType: 'stdin', port: '80' }))).toEqual({
      streamtype: 'stdin',
      port: '80',
    });
  });

  it('that are broken are an error', async () => {
    await expect(newHeaderReader()(Buffer.from('nonsense'))).rejects.toThrow();
  });
});

describe('frames', () => {
  const bytes = Buffer.concat([dataFrame(1, Buffer.from('abc'), true), controlFrame(6, words(7))]);

  it.each([1, 5, 8, 100])('are found when bytes come %i at a time', async (size) => {
    async function* pieces() {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    }
    const frames = [];
    for await (const frame of readFrames(pieces())) frames.push(frame);
    expect(frames).toMatchObject([
      { kind: 'data', streamId: 1, flags: 1 },
      { kind: 'control', type: 6 },
    ]);
    expect(frames[0]?.payload.toString()).toBe('abc');
  });
});

/** Makes a collection of garbage. */
function collect(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}

describe('the server of a connection', () => {
  it('forgets a stream when both directions have ended, while the connection lasts', async () => {
    const toServer = new PassThrough();
    const socket = Duplex.from({ readable: toServer, writable: new PassThrough() });
    const opened: SpdyStream[] = [];
    serveSpdy(socket, {
      onStream: (stream) => void opened.push(stream),
      onClose: () => undefined,
    });
    const open = Buffer.concat([words(1, 0), Buffer.from([0, 0]), compressed({ streamtype: 'x' })]);
    toServer.write(controlFrame(FRAME.synStream, open));
    await expect.poll(() => opened.length).toBe(1);
    const streams = opened.splice(0).map((stream) => {
      stream.end();
      return new WeakRef(stream);
    });
    toServer.write(dataFrame(1, Buffer.alloc(0), true));
    await expect
      .poll(() => {
        collect();
        return streams.every((one) => one.deref() === undefined);
      })
      .toBe(true);
    toServer.end();
  });

  it('opens streams, passes on bytes and half-closes', async () => {
    const [toServer, toClient] = [new PassThrough(), new PassThrough()];
    const socket = Duplex.from({ readable: toServer, writable: toClient });
    const stream = new Promise<SpdyStream>((resolve) => {
      serveSpdy(socket, { onStream: resolve, onClose: () => undefined });
    });
    const open = Buffer.concat([words(1, 0), Buffer.from([0, 0]), compressed({ streamtype: 'x' })]);
    toServer.write(controlFrame(FRAME.synStream, open));
    toServer.write(dataFrame(1, Buffer.from('hello')));
    toServer.write(dataFrame(1, Buffer.alloc(0), true));
    const opened = await stream;
    expect(opened.headers).toEqual({ streamtype: 'x' });
    let text = '';
    for await (const chunk of opened.incoming) text += Buffer.from(chunk);
    expect(text).toBe('hello');
    await opened.write(Buffer.from('bye'));
    opened.end();
    const answers = [];
    for await (const frame of readFrames(toClient)) {
      answers.push(frame);
      if (answers.length === 3) break;
    }
    expect(answers).toMatchObject([
      { kind: 'control', type: FRAME.synReply },
      { kind: 'data', streamId: 1, flags: 0 },
      { kind: 'data', streamId: 1, flags: 1 },
    ]);
  });
});
