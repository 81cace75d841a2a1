import { describe, expect, it } from 'vitest';
import { Entry, type EntryKeeper } from './entry.ts';
import { LabelTable } from './label-table.ts';

function entryOf(object: object, table?: LabelTable): { entry: Entry; parsed: string[] } {
  const bytes = Buffer.from(JSON.stringify(object));
  const entry = new Entry({ namespace: '', name: 'a', revision: 1, bytes });
  const parsed: string[] = [];
  const keeper: EntryKeeper = {
    bytesOf: () => bytes,
    onParsed: (one) => parsed.push(one.name),
    labelsIn: (json) => (table ?? new LabelTable()).of(json),
  };
  entry.keptBy(keeper);
  return { entry, parsed };
}

describe('Entry', () => {
  it.each([
    ['has some', { metadata: { name: 'a', labels: { app: 'x', 'a/b': '"q"' } } }],
    [
      'has none',
      { metadata: { name: 'a' }, spec: { template: { metadata: { labels: { no: '' } } } } },
    ],
    ['says null', { metadata: { labels: null } }],
    ['has no metadata', { kind: 'X' }],
  ])('knows the labels of an object that %s, unparsed', (_, object) => {
    const { entry, parsed } = entryOf(object);
    const { labels } = (object as { metadata?: { labels?: object | null } }).metadata ?? {};
    expect(entry.labels).toEqual(labels ?? {});
    expect(Object.isFrozen(entry.labels)).toBe(true);
    expect(parsed).toEqual([]);
  });

  it('shares labels that are the same, however many others came between', () => {
    const table = new LabelTable();
    const labels = { app: 'x' };
    const [first, second] = ['a', 'b'].map((name) =>
      entryOf({ metadata: { name, labels } }, table),
    );
    expect(second?.entry.labels).toBe(first?.entry.labels);
    for (let i = 0; i < 5000; i += 1) {
      expect(entryOf({ metadata: { labels: { i: `${i}` } } }, table).entry.labels.i).toBe(`${i}`);
    }
    expect(first?.entry.labels).toEqual(labels);
  });

  it('keeps fields, and not the object that they were read of', () => {
    const { entry, parsed } = entryOf({ metadata: {}, spec: { nodeName: 'n' } });
    let read = 0;
    const of = (object: object) => {
      read += 1;
      return { 'spec.nodeName': (object as { spec: { nodeName: string } }).spec.nodeName };
    };
    expect(entry.fields(of)).toEqual({ 'spec.nodeName': 'n' });
    expect(entry.fields(of)['spec.nodeName']).toBe('n');
    expect(read).toBe(1);
    expect(parsed).toEqual([]);
  });
});
