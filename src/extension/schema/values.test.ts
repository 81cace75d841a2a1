import { describe, expect, it } from 'vitest';
import { fillDefaults } from './defaults.ts';
import { isFormat } from './formats.ts';
import type { JsonSchema } from './json-schema.ts';
import { listTypeErrors } from './list-types.ts';
import { pruneObject } from './prune.ts';
import { validateValue } from './validate-value.ts';

const text: JsonSchema = { type: 'string' };
const object = (properties: Record<string, JsonSchema>, more: JsonSchema = {}): JsonSchema => ({
  type: 'object',
  properties,
  ...more,
});
const FREE: JsonSchema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };

describe('pruning', () => {
  const schema = object({
    spec: object({
      a: text,
      free: { ...FREE, properties: { known: object({ b: text }) } },
      map: { type: 'object', additionalProperties: object({ c: text }) },
      list: { type: 'array', items: object({ d: text }) },
      embedded: object({ spec: object({ e: text }) }, { 'x-kubernetes-embedded-resource': true }),
    }),
  });

  it('takes out what is not declared and names it', () => {
    const value = {
      apiVersion: 'v1',
      kind: 'X',
      metadata: { name: 'x' },
      extra: 1,
      spec: {
        a: 'a',
        x: 1,
        free: { y: 1, known: { b: '', z: 1 } },
        map: { k: { c: '', q: 1 } },
        list: [{ d: '', r: 1 }],
        embedded: { metadata: { name: 'n' }, spec: { e: '', s: 1 } },
      },
    };
    expect(pruneObject(schema, value)).toEqual([
      'extra',
      'spec.embedded.spec.s',
      'spec.free.known.z',
      'spec.list[0].r',
      'spec.map.k.q',
      'spec.x',
    ]);
    expect(value.spec.free).toEqual({ y: 1, known: { b: '' } });
    expect(value.metadata).toEqual({ name: 'x' });
  });
});

it('fills in defaults at every depth, and in place of nulls that are not allowed', () => {
  const schema = object({
    a: { ...text, default: 'x' },
    deep: object({ b: { type: 'integer', default: 1 } }, { default: {} }),
    nullable: { ...text, nullable: true, default: 'y' },
    list: { type: 'array', items: object({ c: { ...text, default: 'z' } }) },
  });
  const value = { a: null, nullable: null, list: [{}] };
  fillDefaults(schema, value);
  expect(value).toEqual({ a: 'x', nullable: null, list: [{ c: 'z' }], deep: { b: 1 } });
});

describe('validation', () => {
  const cases: readonly [name: string, schema: JsonSchema, value: unknown, errors: string[]][] = [
    [
      'type',
      object({ a: text }),
      { a: 1 },
      ['a: Invalid value: "integer": a in body must be of type string: "integer"'],
    ],
    [
      'a number where a text of a format belongs',
      object({ a: { ...text, format: 'date-time' } }),
      { a: 7 },
      ['a: Invalid value: "int64": a in body must be of type date-time: "int64"'],
    ],
    [
      'an object where a text of a format belongs',
      object({ a: { ...text, format: 'uuid' } }),
      { a: {} },
      ['a: Invalid value: "": a in body must be of type uuid: ""'],
    ],
    [
      'a boolean where a number of a format that nobody checks belongs',
      object({ a: { type: 'integer', format: 'int32' } }),
      { a: true },
      ['a: Invalid value: "boolean": a in body must be of type integer: "boolean"'],
    ],
    [
      'null',
      object({ a: text }),
      { a: null },
      ['a: Invalid value: "null": a in body must be of type string: "null"'],
    ],
    ['nullable', object({ a: { ...text, nullable: true } }), { a: null }, []],
    ['int or string', object({ a: { 'x-kubernetes-int-or-string': true } }), { a: 'x' }, []],
    ['required', object({ a: text }, { required: ['a'] }), {}, ['a: Required value']],
    [
      'enum',
      object({ a: { ...text, enum: ['y', 'x'] } }),
      { a: 'z' },
      ['a: Unsupported value: "z": supported values: "y", "x"'],
    ],
    [
      'length',
      object({ a: { ...text, maxLength: 1 } }),
      { a: 'ab' },
      ['a: Too long: may not be more than 1 bytes'],
    ],
    [
      'pattern',
      object({ a: { ...text, pattern: '^a+$' } }),
      { a: 'b' },
      ['a: Invalid value: "b": a in body should match \'^a+$\''],
    ],
    [
      'maximum',
      object({ a: { type: 'integer', maximum: 10 } }),
      { a: 11 },
      ['a: Invalid value: 11: a in body should be less than or equal to 10'],
    ],
    [
      'items',
      { type: 'array', items: text, maxItems: 1 },
      ['a', 'b'],
      [': Too many: 2: must have at most 1 items'],
    ],
    [
      'map',
      object({}, { additionalProperties: { type: 'integer' } }),
      { k: 'x' },
      ['k: Invalid value: "string": .k in body must be of type integer: "string"'],
    ],
    [
      'one of',
      { oneOf: [{ required: ['a'] }, { required: ['b'] }] },
      { a: 1, b: 1 },
      [
        '<nil>: Invalid value: "": "" must validate one and only one schema (oneOf). Found 2 valid alternatives',
      ],
    ],
    [
      'not',
      { not: { required: ['a'] } },
      { a: 1 },
      ['<nil>: Invalid value: "": "" must not validate the schema (not)'],
    ],
  ];

  it.each(cases)('%s', (_name, schema, value, expected) => {
    const errors = validateValue(schema, value);
    expect(errors.map((one) => `${one.field}: ${one.body}`)).toEqual(expected);
  });

  it('does not hold against an update what it leaves as it was', () => {
    const schema = object({ a: { ...text, maxLength: 1 }, b: { ...text, maxLength: 1 } });
    const old = { a: 'long', b: 'x' };
    const changed = validateValue(schema, { a: 'long', b: 'longer' }, { before: { old } });
    expect(changed.map((one) => one.field)).toEqual(['b']);
  });

  it('knows items of a list by their keys', () => {
    const items = object({ k: text, v: { ...text, maxLength: 1 } });
    const schema: JsonSchema = {
      type: 'array',
      items,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['k'],
    };
    const old = [{ k: 'a', v: 'long' }];
    const now = [
      { k: 'b', v: 'long' },
      { k: 'a', v: 'long' },
    ];
    const found = validateValue(schema, now, { before: { old } });
    expect(found.map((one) => one.field)).toEqual(['[0].v']);
    expect(listTypeErrors(schema, [...now, { k: 'a' }]).map((one) => one.body)).toEqual([
      'Duplicate value: {"k":"a"}',
    ]);
  });
});

it.each([
  ['date-time', '2026-01-02T03:04:05Z', true],
  ['date-time', '2026-13-02T03:04:05Z', false],
  ['ipv6', '2001:db8::1', true],
  ['ipv6', '1::2::3', false],
  ['cidr', '10.0.0.0/8', true],
  ['cidr', '10.0.0.0/33', false],
  ['duration', '1h30m', true],
  ['duration', '3 days', true],
  ['duration', 'soon', false],
  ['duration', 'P1D', true],
  ['duration', 'in 2 parsecs', false],
  ['uuid4', '123e4567-e89b-42d3-a456-426614174000', true],
  ['isbn13', '978-0321751041', true],
  ['isbn13', '978-0321751042', false],
  ['k8s-short-name', 'Upper', true],
])('format %s: %s', (format, value, expected) => {
  expect(isFormat(format, value)).toBe(expected);
});
