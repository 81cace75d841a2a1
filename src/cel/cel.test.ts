import { describe, expect, it } from 'vitest';
import { compile, type Environment } from './cel.ts';
import { DYN, INT, listOf, mapOf, STRING } from './types/type.ts';
import { fromJson } from './values/collections.ts';
import { typeNameOf } from './values/kinds.ts';
import type { Value } from './values/value.ts';

const OBJECT = {
  metadata: { name: 'web', labels: { app: 'web', 'a-b': 'x' } },
  spec: { replicas: 3, ports: [80, 443], ratio: 0.5, items: [{ name: 'a' }, { name: 'b' }] },
};
const environment: Environment = {
  variables: new Map([
    ['object', DYN],
    ['n', INT],
    ['s', STRING],
    ['l', listOf(STRING)],
    ['m', mapOf(STRING, INT)],
  ]),
};
const VALUES: Readonly<Record<string, Value>> = {
  object: fromJson(OBJECT, DYN),
  n: 3n,
  s: 'héllo',
  l: fromJson(['a', 'b', 'c'], listOf(STRING)),
  m: fromJson({ x: 1, y: 2 }, mapOf(STRING, INT)),
};

function run(text: string, costLimit?: number) {
  const compiled = compile(text, environment);
  if (!compiled.program) throw new Error(compiled.message);
  return compiled.program.evaluate(
    (name) => VALUES[name],
    costLimit === undefined ? {} : { costLimit },
  );
}

/** The issue of an expression with its place, without the source line. */
function issue(text: string): string | undefined {
  const { message } = compile(text, environment);
  return message?.split('\n')[0]?.replace('ERROR: <input>:', '');
}

describe('what is true', () => {
  it.each([
    '1 + 2 * 3 == 7',
    '-n == -3 && !false',
    'dyn(1) == 1.0 && dyn(1u) == 1 && 2.5 > 2 && 1 < 1.5',
    '7 / 2 == 3 && -7 % 3 == -1',
    "'a' + 'b' == 'ab' && b'a' + b'b' == b'ab'",
    '"\\u00e9" == "é" && r"\\n".size() == 2',
    "s.size() == 5 && size(l) == 3 && 'x' in m && 'a' in l && !('z' in l)",
    'object.spec.replicas == 3 && object.spec.ratio < 1',
    "object.metadata.labels['a-b'] == 'x'",
    'has(object.spec.replicas) && !has(object.spec.none)',
    "object.?spec.?none.orValue(7) == 7 && object.spec[?'replicas'].value() == 3",
    'optional.of(1).optMap(x, x + 1).value() == 2 && !optional.none().hasValue()',
    'object.?none.optFlatMap(x, x.?y) == optional.none()',
    '[1, 2, 3].all(x, x > 0) && [1, 2, 3].exists(x, x == 2) && [1, 2].exists_one(x, x == 2)',
    '[1, 2, 3].map(x, x * 2) == [2, 4, 6] && [1, 2, 3].map(x, x > 1, x * 2) == [4, 6]',
    '[1, 2, 3].filter(x, x != 2) == [1, 3]',
    '[1, 2].transformList(i, v, i + v) == [1, 3]',
    "{'a': 1}.transformMap(k, v, v + 1) == {'a': 2}",
    '[1].transformMapEntry(i, v, {v: i}) == {1: 0}',
    '[1, 2].all(i, v, i < v)',
    "m.all(k, m[k] > 0) && m.exists(k, v, k == 'y' && v == 2)",
    '[[1], [2]].map(x, x.map(y, y + 1)) == [[2], [3]]',
    '[1, 2].sum() == 3 && [1, 2].max() == 2 && [2, 1].min() == 1 && [1, 2].isSorted()',
    "l.indexOf('b') == 1 && ['a', 'a'].lastIndexOf('a') == 1",
    "l.first().value() == 'a' && l.last().value() == 'c'",
    'sets.contains([1, 2], [1]) && sets.equivalent([1], [1, 1]) && !sets.intersects([1], [2])',
    "'a,b'.split(',') == ['a', 'b'] && ['a', 'b'].join('-') == 'a-b'",
    "'hello'.substring(1, 3) == 'el' && 'x'.charAt(0) == 'x' && ' a '.trim() == 'a'",
    "'hello'.replace('l', 'L') == 'heLLo' && 'hello'.replace('l', 'L', 1) == 'heLlo'",
    "'Ab'.lowerAscii() == 'ab' && 'ab'.indexOf('b') == 1 && 'aba'.lastIndexOf('a') == 2",
    "'%s is %d, %.2f, %x, %b'.format(['a', dyn(5), 1.5, 255, 5]) == 'a is 5, 1.50, ff, 101'",
    "'abc123'.find('[0-9]+') == '123' && 'a1b2'.findAll('[0-9]') == ['1', '2']",
    "'abc'.matches('^a.c$') && !'abc'.matches('^b')",
    "string(1000000.0) == '1e+06' && string(1.5) == '1.5' && int('12') == 12 && double('1.5') == 1.5",
    "duration('1h').getMinutes() == 60 && string(duration('90m')) == '5400s'",
    "timestamp('2024-02-29T10:11:12Z').getFullYear() == 2024",
    "timestamp('2024-01-01T00:00:00Z').getHours('+02:00') == 2",
    "timestamp('2024-01-01T00:00:00Z') + duration('1h') == timestamp('2024-01-01T01:00:00Z')",
    "type(1) == int && type('') == string && type([]) == list && type(null) == null_type",
    "quantity('1Gi').isGreaterThan(quantity('100M')) && quantity('1.5').add(quantity('500m')) == quantity('2')",
    "isQuantity('1k') && !isQuantity('x') && quantity('2k').asInteger() == 2000",
    "ip('10.0.0.1').family() == 4 && isIP('::1') && ip('127.0.0.1').isLoopback()",
    "cidr('10.0.0.0/8').containsIP('10.1.2.3') && cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16')",
    "cidr('10.1.2.3/8').masked() == cidr('10.0.0.0/8') && string(ip('::ABCD')) == '::abcd'",
    "url('https://a.b:80/c?x=1').getHostname() == 'a.b' && url('/p').getEscapedPath() == '/p'",
    "url('https://a/?x=1&x=2').getQuery() == {'x': ['1', '2']} && !isURL('a b')",
    "semver('1.2.3').isLessThan(semver('1.10.0')) && semver('v1.2', true).minor() == 2",
    "!format.dns1123Label().validate('abc').hasValue() && format.named('uuid').hasValue()",
    'true || 1 / 0 == 1',
    '1 / 0 == 1 || true',
    '![1, 2].all(x, x / 0 == 1 && false)',
    "dyn('a') != dyn(1)",
  ])('%s', (text) => {
    expect(run(text)).toMatchObject({ value: true });
  });
});

describe('errors of an evaluation', () => {
  it.each([
    ['1 / 0', 'division by zero'],
    ['1 % 0', 'modulus by zero'],
    ['9223372036854775807 + 1', 'integer overflow'],
    ['object.none', 'no such key: none'],
    ["m['none']", 'no such key: none'],
    ['dyn(1) + "a"', 'no such overload'],
    ['object.metadata.name.x', 'no such key: x'],
    ['dyn(n).startsWith("a")', 'no such overload'],
    ['dyn(l).sum()', 'no such overload: sum(list)'],
    ["'abc'.charAt(9)", 'index out of range: 9'],
    ['int(s)', "type conversion error from 'string' to 'int'"],
    ['[].max()', 'max called on empty list'],
    ['optional.none().value()', 'optional.none() dereference'],
    ["quantity('x')", undefined],
  ])('%s', (text, message) => {
    const { error } = run(text);
    expect(error).toBeInstanceOf(Error);
    if (message !== undefined) expect(error?.message).toBe(message);
  });

  it('ends what costs too much', () => {
    const many = "'abcdefghijklmnopqrstuvwxyzabcdef'.split('')";
    const { error } = run(
      `${many}.all(a, ${many}.all(b, ${many}.all(c, ${many}.all(d, a != ''))))`,
    );
    expect(error?.message).toBe('operation cancelled: actual cost limit exceeded');
    expect(run('[1, 2].all(x, x > 0)', 3).error?.name).toBe('CostExceeded');
  });
});

describe('what does not compile', () => {
  it.each([
    ['x', "1:1: undeclared reference to 'x' (in container '')"],
    ['n.foo()', "1:6: undeclared reference to 'foo' (in container '')"],
    ["n == 'a'", "1:3: found no matching overload for '_==_' applied to '(int, string)'"],
    [
      's.startsWith(1)',
      "1:13: found no matching overload for 'startsWith' applied to 'string.(int)'",
    ],
    ['n.x', "1:2: type 'int' does not support field selection"],
    ["[1, 'a']", "1:5: expected type 'int' but found 'string'"],
    ['n && true', "1:1: expected type 'bool' but found 'int'"],
    [
      'n.all(x, x)',
      "1:1: expression of type 'int' cannot be range of a comprehension (must be list, map, or dynamic)",
    ],
    ['l.all(x.y, true)', '1:8: argument must be a simple name'],
    ['has(n)', '1:5: invalid argument to has() macro'],
    ["duration('x')", '1:10: invalid duration argument'],
    ["s.matches('(')", '1:11: invalid matches argument'],
    ['for', '1:1: reserved identifier: for'],
    [
      '1 +',
      "1:4: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}",
    ],
    ['9223372036854775808', '1:1: invalid int literal'],
    ['l.sort()', "1:7: undeclared reference to 'sort' (in container '')"],
    ['math.greatest(1, 2)', "1:1: undeclared reference to 'math' (in container '')"],
  ])('%s', (text, expected) => {
    expect(issue(text)).toBe(expected);
  });

  it('says apart that a constant cannot be computed', () => {
    expect(compile("int('x')", environment)).toMatchObject({
      stage: 'instantiation',
      message: "type conversion error from 'string' to 'int'",
    });
  });

  it('shows the line and the place', () => {
    expect(compile('n ==\n  y', environment).message).toBe(
      "ERROR: <input>:2:3: undeclared reference to 'y' (in container '')\n |   y\n | ..^",
    );
  });
});

describe('cost', () => {
  it.each([
    ['object.spec.replicas > 2', 4],
    ['l.all(x, x.size() == 1)', 20],
    ["l.filter(x, x != 'b')", 34],
    ['[1, 2].map(x, [3, 4].map(y, x * y))', 87],
    ['n / 0 == 1 || true', 3],
    ["{'a': 1}.a", 2],
  ])('%s costs %d', (text, cost) => {
    expect(run(text).cost).toBe(cost);
  });

  it('is bounded by the sizes that types state', () => {
    const bounded = listOf(
      { ...STRING, size: { maxElements: 10, minBytes: 2 } },
      {
        size: { maxElements: 5, minBytes: 2 },
      },
    );
    const { program } = compile("self.all(x, x == 'abc')", {
      variables: new Map([['self', bounded]]),
    });
    expect(program?.estimate()).toEqual({ min: 2, max: 27 });
    expect(compile("l.all(x, x == 'a')", environment).program?.estimate().max).toBe(2 ** 64);
  });
});

describe('types of results', () => {
  it.each([
    ['1', 'int'],
    ['l.map(x, x.size())', 'list'],
    ['object.metadata', 'dyn'],
    ['l.first()', 'optional_type'],
  ])('%s is %s', (text, name) => {
    expect(compile(text, environment).program?.resultType.name).toBe(name);
  });

  it('knows values by their type', () => {
    expect(typeNameOf(1n)).toBe('int');
    expect(typeNameOf(null)).toBe('null_type');
  });
});
