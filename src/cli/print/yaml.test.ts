import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { toYaml } from './yaml.ts';

describe('toYaml', () => {
  it('sorts keys, does not indent lists and quotes what would not be text', () => {
    const object = {
      kind: 'Pod',
      metadata: { name: '1.0', labels: {}, annotations: { b: '', a: 'true' } },
      apiVersion: 'v1',
      spec: { list: [{ name: 'x', args: ['-a', '--b'] }, []], none: null, port: 8080 },
    };
    expect(toYaml(object)).toBe(`apiVersion: v1
kind: Pod
metadata:
  annotations:
    a: "true"
    b: ""
  labels: {}
  name: "1.0"
spec:
  list:
  - args:
    - -a
    - --b
    name: x
  - []
  none: null
  port: 8080
`);
  });

  it.each([
    ['2026-11-22T13:27:25Z', '"2026-11-22T13:27:25Z"'],
    ['s0:c16,c5', 's0:c16,c5'],
    ['1000250000/10000', '1000250000/10000'],
    ['on', '"on"'],
    ['y', '"y"'],
    ['0777', '"0777"'],
    ['1:20', '"1:20"'],
    ['a: b', "'a: b'"],
    ['a #b', "'a #b'"],
    ["it's: x", "'it''s: x'"],
    ['*', "'*'"],
    ['- x', "'- x'"],
    ['{}', "'{}'"],
    ['a\tb', '"a\\tb"'],
    [' x', "' x'"],
    ['1e3', '"1e3"'],
    ['1Gi', '1Gi'],
    ['null', '"null"'],
    ['@x', "'@x'"],
    ['a\nb\n', '|\n  a\n  b'],
    ['a\nb', '|-\n  a\n  b'],
    ['a\n\n', '|+\n  a\n'],
    ['a \nb', '"a \\nb"'],
  ])('writes the text %j as %s', (text, written) => {
    expect(toYaml({ k: text })).toBe(`k: ${written}\n`);
  });

  it('breaks long texts after column 80', () => {
    const words = Array.from({ length: 30 }, () => 'word').join(' ');
    const [first = '', second = ''] = toYaml({ message: words }).split('\n');
    expect(first.length).toBeGreaterThan(80);
    expect(first.length).toBeLessThan(86);
    expect(second).toMatch(/^ {2}word/);
  });

  it('is read back unchanged', () => {
    const samples = ['x', 'a: b', ' lead', 'trail ', 'tab\t', 'n\n', 'é', '"q"', "'s'", '#c', ''];
    expect(parse(toYaml(samples))).toEqual(samples);
  });
});
