import { describe, expect, it } from 'vitest';
import { parseYamlText } from './yaml-text.ts';

describe('a YAML text', () => {
  it.each([
    ['a: 1\n---\nb: 2\n', { a: 1 }],
    ['a: 1\n---\nb: [\n', { a: 1 }],
    ['---\n---\na: 1\n', null],
    ['', null],
    ['# nothing\n', null],
  ])('is its first document: %j', (text, expected) => {
    expect(parseYamlText(text).value).toEqual(expected);
  });

  it('names keys that come twice', () => {
    expect(parseYamlText('a: 1\na: 2\n')).toEqual({
      value: { a: 2 },
      duplicates: ['line 2: key "a" already set in map'],
    });
  });

  it('says where it cannot be read', () => {
    expect(() => parseYamlText('a: [\n')).toThrow(/^yaml: line \d+: /);
  });
});
