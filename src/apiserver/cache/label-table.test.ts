import { expect, it } from 'vitest';
import { LabelTable } from './label-table.ts';

function withLabels(labels: Record<string, string>): Buffer {
  return Buffer.from(JSON.stringify({ metadata: { name: 'a', labels } }));
}

it('answers the same frozen labels for objects that share them', () => {
  const table = new LabelTable();
  const [first, second] = [table.of(withLabels({ app: 'a' })), table.of(withLabels({ app: 'a' }))];
  expect(first).toEqual({ app: 'a' });
  expect(second).toBe(first);
  expect(Object.isFrozen(first)).toBe(true);
});

it('does not keep labels of which there are many', () => {
  const table = new LabelTable();
  const many = Object.fromEntries(
    Array.from({ length: 100 }, (_, index) => [`l${index}`, 'v'.repeat(20)]),
  );
  const first = table.of(withLabels(many));
  expect(first).toEqual(many);
  expect(table.of(withLabels(many))).not.toBe(first);
});
