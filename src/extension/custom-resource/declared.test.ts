import { describe, expect, it } from 'vitest';
import type { JsonSchema } from '../schema/json-schema.ts';
import { undeclaredField } from './declared.ts';

const STRING: JsonSchema = { type: 'string' };
const schema: JsonSchema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        text: STRING,
        count: { type: 'integer' },
        flag: { type: 'boolean' },
        list: { type: 'array', items: STRING },
        map: { type: 'object', additionalProperties: STRING },
        either: { 'x-kubernetes-int-or-string': true },
        set: { type: 'array', 'x-kubernetes-list-type': 'set', items: STRING },
        items: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['k', 'p'],
          items: {
            type: 'object',
            properties: { k: STRING, p: { type: 'integer', default: 80 }, v: STRING },
          },
        },
      },
    },
  },
};

const problemOf = (spec: object) => undeclaredField(schema, { spec } as never);

describe('a configuration that is applied', () => {
  it.each([
    { text: 'x', count: 1, flag: true, list: ['a'], map: { a: 'b' }, either: 'x', set: ['a'] },
    { items: [{ k: 'a' }, { k: 'a', p: 81 }] },
    { text: null, list: null },
    // The validation says what is wrong.
    { either: { a: 1 } },
  ])('is taken: %j', (spec) => {
    expect(problemOf(spec)).toBeUndefined();
  });

  it.each<[object, string]>([
    [{ text: 1 }, '.spec.text: expected string, got &value.valueUnstructured{Value:1}'],
    [{ count: ['y'] }, '.spec.count: expected numeric (int or float), got []interface {}'],
    [{ flag: 'x' }, '.spec.flag: expected boolean, got &{x}'],
    [{ list: 'x' }, '.spec.list: expected list, got &{x}'],
    [{ map: [1, 'a'] }, '.spec.map: expected map, got &{[1 a]}'],
    [{ map: { a: 1 } }, '.spec.map.a: expected string, got &value.valueUnstructured{Value:1}'],
    [{ list: [1] }, '.spec.list[0]: expected string, got &value.valueUnstructured{Value:1}'],
    [
      { z: 1, text: 1, y: 1 },
      `errors:
  .spec.text: expected string, got &value.valueUnstructured{Value:1}
  .spec.y: field not declared in schema
  .spec.z: field not declared in schema`,
    ],
    [{ set: ['a', 'a'] }, '.spec.set: duplicate entries for key [="a"]'],
    [
      { set: [{}] },
      ".spec.set: element 0: associative list without keys has an element that's a map type",
    ],
    [
      { set: [['a']] },
      '.spec.set: element 0: not supported: associative list with lists as elements',
    ],
    [
      { items: ['x'] },
      '.spec.items: element 0: associative list with keys may not have non-map elements',
    ],
    [
      { items: [{ k: 'a' }, { k: 'a', p: 80 }] },
      '.spec.items: duplicate entries for key [k="a",p=80]',
    ],
    [
      { items: [{ k: 'a', v: 1 }] },
      '.spec.items[k="a",p=80].v: expected string, got &value.valueUnstructured{Value:1}',
    ],
  ])('is refused: %j', (spec, text) => {
    expect(problemOf(spec)).toBe(text);
  });

  it('is refused for items of one name in lists that are owned as a whole', () => {
    const inner = schema.properties?.spec?.properties?.items as JsonSchema;
    const whole: JsonSchema = {
      type: 'object',
      properties: { all: { type: 'array', items: { type: 'object', properties: { inner } } } },
    };
    const config = { all: [{}, { inner: [{ k: 'a' }, { k: 'a' }] }] };
    expect(undeclaredField(whole, config)).toBe(
      '.all[1].inner: duplicate entries for key [k="a",p=80]',
    );
  });

  it.each<[object, string]>([
    [{ foo: 1 }, '.foo: field not declared in schema'],
    [{ labels: { a: 1 } }, '.labels.a: expected string, got &value.valueUnstructured{Value:1}'],
    [{ finalizers: ['a', 'a'] }, '.finalizers: duplicate entries for key [="a"]'],
    [
      { ownerReferences: [{ uid: '1', z: 1 }] },
      '.ownerReferences[uid="1"].z: field not declared in schema',
    ],
  ])('is refused for its metadata: %j', (metadata, text) => {
    expect(undeclaredField(schema, { metadata } as never)).toBe(`.metadata${text}`);
  });
});
