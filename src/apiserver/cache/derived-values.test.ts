import { expect, it } from 'vitest';
import type { KubeObject } from '../../machinery/object.ts';
import { DerivedValues } from './derived-values.ts';
import { Entry } from './entry.ts';

function entryOf(name: string): Entry {
  const bytes = Buffer.from(JSON.stringify({ kind: 'X', metadata: { name } }));
  return new Entry({ namespace: '', name, revision: 1, bytes });
}

it('makes something of each version once, ahead of time where it is asked to', async () => {
  const values = new DerivedValues();
  const made: string[] = [];
  const derive = ({ metadata }: KubeObject) => {
    made.push(metadata.name ?? '');
    return metadata.name?.length;
  };
  const entries = ['a', 'bb', 'ccc'].map(entryOf);
  await values.prepare(entries.slice(1), derive);
  expect(made).toEqual(['bb', 'ccc']);
  expect(values.of(entries, derive)).toEqual([1, 2, 3]);
  expect(values.of([...entries.slice(0, 2), entryOf('ccc')], derive)).toEqual([1, 2, 3]);
  expect(made).toEqual(['bb', 'ccc', 'a', 'ccc']);
  expect(values.of(entries, (object: KubeObject) => object.kind)).toEqual(['X', 'X', 'X']);
});

it('lets others have their turn while it makes many', async () => {
  const values = new DerivedValues();
  let turns = 0;
  let isOver = false;
  const turn = () => {
    turns += 1;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  const entries = Array.from({ length: 5000 }, (_, index) => entryOf(`n${index}`));
  await values.prepare(entries, (object: KubeObject) => object.kind);
  isOver = true;
  expect(turns).toBeGreaterThan(3);
});
