import { describe, expect, it } from 'vitest';
import { isIgnored, parseIgnoreFile } from './file-pattern.ts';

describe('isIgnored', () => {
  const cases: [string, string, boolean][] = [
    ['*.md', 'README.md', true],
    ['*.md', 'docs/README.md', false],
    ['docs', 'docs/a/b.txt', true],
    ['/docs/', 'docs/a', true],
    ['**/*.log', 'a/b/c.log', true],
    ['**/*.log', 'c.log', true],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['[a-c]x', 'bx', true],
    ['[a-c]x', 'dx', false],
    ['# docs', 'docs', false],
    ['*.md\n!README.md', 'README.md', false],
    ['!README.md\n*.md', 'README.md', true],
    ['a.b', 'aXb', false],
    ['\\*', '*', true],
    ['\\*', 'x', false],
  ];
  it.each(cases)('rules %j and path %s: %s', (text, path, expected) => {
    expect(isIgnored(path, parseIgnoreFile(text))).toBe(expected);
  });
});
