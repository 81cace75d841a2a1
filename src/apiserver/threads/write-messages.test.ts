import { describe, expect, it } from 'vitest';
import type { Write, WriteResult } from '../../storage/store.ts';
import { RemoteWriter } from './remote-writer.ts';
import { newWriteServer } from './serve-writes.ts';
import { type PackedWrites, packWrites, unpackWrites } from './write-messages.ts';

const put = (key: string, text: string, expectedModRevision = 0): Write => ({
  key,
  value: Buffer.from(text),
  expectedModRevision,
});

describe('packWrites', () => {
  it('packs values of all sizes and deletes, and unpacks them', () => {
    const gone: Write = { key: 'b', value: null, expectedModRevision: 7 };
    const writes = [put('a', 'one'), gone, put('c', ''), put('d', 'four', 4)];
    const packed = structuredClone(packWrites(writes.map((write, id) => ({ id, write }))));
    const unpacked = unpackWrites(packed);
    expect(unpacked.map(({ id }) => id)).toEqual([0, 1, 2, 3]);
    const texts = unpacked.map(({ write }) => write.value && Buffer.from(write.value).toString());
    expect(texts).toEqual(['one', null, '', 'four']);
    expect(unpacked.map(({ write }) => write.expectedModRevision)).toEqual([0, 7, 0, 4]);
  });
});

describe('RemoteWriter', () => {
  function pair(write: (write: Write) => Promise<WriteResult>) {
    const messages: PackedWrites[] = [];
    const server = newWriteServer({ write }, (answers) =>
      remote.onAnswers(structuredClone(answers)),
    );
    const remote: RemoteWriter = new RemoteWriter((packed) => {
      messages.push(packed);
      server.carryOut(structuredClone(packed));
    });
    return { remote, messages, server };
  }

  it('sends a few writes at once, the others of a turn in one message, and answers each', async () => {
    let revision = 0;
    const { remote, messages, server } = pair(async ({ key, expectedModRevision }) => {
      if (key === 'bad') throw new Error('no space left');
      if (expectedModRevision === 0) {
        revision += 1;
        return { ok: true, revision };
      }
      const value = Buffer.from('other');
      return { ok: false, current: { key, value, createRevision: 1, modRevision: 9 } };
    });
    const results = await Promise.allSettled(
      [
        put('a', '1'),
        put('b', '2', 3),
        put('bad', '3'),
        put('d', '4'),
        put('e', '5'),
        put('f', '6'),
      ].map((one) => remote.write(one)),
    );
    expect(messages.map(({ keys }) => keys)).toEqual([['a'], ['b'], ['bad'], ['d'], ['e', 'f']]);
    expect(server.open).toBe(0);
    expect(results).toMatchObject([
      { value: { ok: true, revision: 1 } },
      { value: { ok: false, current: { modRevision: 9 } } },
      { reason: { message: 'no space left' } },
      { value: { ok: true, revision: 2 } },
      { value: { ok: true, revision: 3 } },
      { value: { ok: true, revision: 4 } },
    ]);
  });

  it('fails what was not answered when it is closed', async () => {
    const { remote } = pair(() => new Promise(() => undefined));
    const written = remote.write(put('a', '1'));
    remote.close();
    await expect(written).rejects.toMatchObject({ name: 'StoreClosedError' });
  });
});
