import { describe, expect, it } from 'vitest';
import { goYaml } from './go-yaml.ts';

describe('YAML as Go writes it', () => {
  it.each([
    ['discovery.k8s.io', 'discovery.k8s.io\n'],
    ['', '""\n'],
    ['true', '"true"\n'],
    ['null', '"null"\n'],
    ['1e3', '"1e3"\n'],
    ['2001-01-01', '"2001-01-01"\n'],
    ['y', 'y\n'],
    ['<<', '<<\n'],
    ['a: b', "'a: b'\n"],
    ["it's", "it's\n"],
    ['tab\tx', '"tab\\tx"\n'],
    ['\u0001', '"\\x01"\n'],
    ['a\nb', '|-\n    a\n    b\n'],
    ['a\n', '|\n    a\n'],
    ['  a\n b', '|4-\n      a\n     b\n'],
    [true, 'true\n'],
    [2, '2\n'],
    [{}, '{}\n'],
    [[], '[]\n'],
    [[['a']], '- - a\n'],
    [{ a: [1, { b: 'c' }], d: { e: [] } }, 'a:\n    - 1\n    - b: c\nd:\n    e: []\n'],
    [
      [{ rule: 'a ==\n  b\n', message: 'm: n' }],
      "- rule: |\n    a ==\n      b\n  message: 'm: n'\n",
    ],
  ])('%j', (value, text) => {
    expect(goYaml(value)).toBe(text);
  });
});
