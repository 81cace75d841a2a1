import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { toYaml } from './to-yaml.ts';

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
    ['<<', '<<'],
    ['0X1F', '"0X1F"'],
    ['1.1_0', '"1.1_0"'],
    ['.1_0', '.1_0'],
    ['\u00a0x', '\u00a0x'],
    ['\u{1f600}', '"\\U0001F600"'],
    ['a\u2028b', '"a\\Lb"'],
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

  it.each([
    [['k10', 'k4', 'k1-', 'k'], 'k k1- k4 k10'],
    [['k1a', 'k10', 'K'], 'K k10 k1a'],
    [['k01', 'k1', 'k.x', 'k_'], 'k.x k_ k1 k01'],
  ])('puts the keys %j in order', (keys, order) => {
    const text = toYaml(Object.fromEntries(keys.map((key) => [key, 0])));
    expect(text.replaceAll(': 0\n', ' ').trim()).toBe(order);
  });

  it('is read back unchanged', () => {
    const part = fc.constantFrom(
      ...' ,  ,\n,\t,a,:,#,-,?,!,&,*,%,@,`,\',",{,},[,],|,>,~,0,1,e3,é'.split(','),
      ',',
      '\\',
      '\r',
      'null',
      'yes',
      '\u2028',
      '\u{1f600}',
      'word '.repeat(20),
    );
    const text = fc.array(part, { maxLength: 6 }).map((parts) => parts.join(''));
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        text,
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(fc.stringMatching(/^[a-z][\w.-]{0,8}$/), tie('value'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(value, (written) => {
        const read = parse(toYaml({ written }));
        expect(read).toEqual({ written: JSON.parse(JSON.stringify(written)) });
      }),
      { numRuns: 2000 },
    );
  });
});
