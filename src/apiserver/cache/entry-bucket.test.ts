import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Entry } from './entry.ts';
import { EntryBucket } from './entry-bucket.ts';

function entry(name: string): Entry {
  return new Entry({ namespace: '', name, revision: 1, bytes: Buffer.from('{}') });
}

function names(bucket: EntryBucket, after = ''): string[] {
  const list = bucket.after(after);
  for (const one of list) expect(bucket.get(one.name)).toBe(one);
  return list.map((one) => one.name);
}

describe('EntryBucket', () => {
  it('lists in order what is there, whatever came and went', () => {
    const name = fc.nat(60).map(String);
    const steps = fc.array(fc.tuple(fc.constantFrom('set', 'set', 'delete', 'list'), name));
    fc.assert(
      fc.property(steps, (all) => {
        const bucket = new EntryBucket();
        const model = new Set<string>();
        for (const [what, one] of all) {
          const before = bucket.get(one);
          if (what === 'set') expect(bucket.set(entry(one))).toBe(before);
          if (what === 'set') model.add(one);
          if (what === 'delete') bucket.delete(one);
          if (what === 'delete') model.delete(one);
          if (what === 'list') expect(names(bucket)).toEqual([...model].sort());
        }
        const left = [...model].sort();
        expect(names(bucket)).toEqual(left);
        expect(names(bucket, '3')).toEqual(left.filter((one) => one > '3'));
        expect(bucket.size).toBe(model.size);
      }),
      { seed: 1 },
    );
  });

  it('does so with many that come in no order, and go again', () => {
    const bucket = new EntryBucket();
    const all = Array.from({ length: 5000 }, (_, index) => `n${(index * 2654435761) % 1_000_003}`);
    for (const one of all) bucket.set(entry(one));
    expect(names(bucket)).toEqual([...all].sort());
    for (const one of all.slice(0, 4000)) bucket.delete(one);
    for (const one of all.slice(0, 10)) bucket.set(entry(one));
    expect(names(bucket)).toEqual([...all.slice(4000), ...all.slice(0, 10)].sort());
  });
});
