import { expect, it } from 'vitest';
import { unifiedDiff } from './unified-diff.ts';

const text = (...lines: (string | number)[]) => lines.join('\n');
const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

it('shows each change with three lines around it', () => {
  expect(unifiedDiff(text(...numbers(1, 9)), text(...numbers(1, 4), 'x', ...numbers(6, 9)))).toBe(
    '@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n',
  );
});

it('joins changes that are near and parts those that are far', () => {
  const before = text(...numbers(1, 20));
  expect(unifiedDiff(before, before.replace('\n4\n', '\n').replace('\n9\n', '\n9\ny\n'))).toBe(
    '@@ -1,12 +1,12 @@\n 1\n 2\n 3\n-4\n 5\n 6\n 7\n 8\n 9\n+y\n 10\n 11\n 12\n',
  );
  expect(unifiedDiff(before, `0\n${before}\n21`).match(/@@/g)).toHaveLength(4);
  expect(unifiedDiff(before, before)).toBe('');
});
