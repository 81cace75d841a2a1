import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../machinery/object.ts';
import { EntryCodec } from '../cache/entry-codec.ts';
import { payloadText } from '../http/payload-text.ts';
import { ListPayload } from './list-payload.ts';

const PODS = { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true } as const;
const codec = new EntryCodec(PODS);
const entryOf = (name: string) => {
  const object: KubeObject = { kind: 'Pod', apiVersion: 'v1', metadata: { name, namespace: 'n' } };
  return codec.decode(`n/${name}`, codec.encode(object), 7);
};
const names = { kind: 'PodList', apiVersion: 'v1' };
const listOf = (entries: ReturnType<typeof entryOf>[], builtIn?: typeof PODS) =>
  new ListPayload(names, { resourceVersion: '9' }, entries, builtIn);
const read = async (list: ListPayload, format?: 'pretty' | 'yaml') => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of payloadText(list, format)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};

describe('ListPayload', () => {
  it.each([[[]], [['a']], [['a', 'b', 'c']]])(
    'leaves kind and apiVersion out of the items of built-in kinds: %j',
    async (held) => {
      const list = listOf(held.map(entryOf), PODS);
      const items = held.map((name) => ({
        metadata: { resourceVersion: '7', name, namespace: 'n' },
      }));
      const shown = { ...names, metadata: { resourceVersion: '9' }, items };
      expect(JSON.parse(await read(list))).toEqual(shown);
      expect(JSON.parse(await read(list, 'pretty'))).toEqual(shown);
      expect(list.sizeBytes).toBe((await read(list)).trimEnd().length);
      expect(await read(list, 'yaml')).not.toContain('kind: Pod\n');
    },
  );

  it('keeps them for custom ones, and for callers in this process', async () => {
    const list = listOf([entryOf('a')]);
    expect(JSON.parse(await read(list)).items[0]).toMatchObject({ kind: 'Pod', apiVersion: 'v1' });
    expect(list.sizeBytes).toBe((await read(list)).trimEnd().length);
    expect(listOf([entryOf('a')], PODS).object.items[0]?.kind).toBe('Pod');
  });
});
