import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../machinery/object.ts';
import type { JsonSchema } from '../schema/json-schema.ts';
import { checkRules } from './check-rules.ts';
import { ruleTree } from './rule-tree.ts';

const integer: JsonSchema = { type: 'integer' };
const SCHEMA: JsonSchema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        min: integer,
        max: integer,
        list: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['k'],
          items: {
            type: 'object',
            properties: { k: { type: 'string' }, v: integer },
            'x-kubernetes-validations': [{ rule: 'self.v >= oldSelf.v', message: 'v fell' }],
          },
        },
      },
      'x-kubernetes-validations': [
        { rule: 'self.min <= self.max', messageExpression: '"min is " + string(self.min)' },
        { rule: 'self.max == oldSelf.max', reason: 'FieldValueForbidden', fieldPath: '.max' },
        { rule: 'oldSelf.hasValue() || self.min == 1', optionalOldSelf: true },
      ],
    },
  },
};

function check(spec: object, old?: object): string[] {
  const tree = ruleTree(SCHEMA);
  if (!tree) throw new Error('the schema has rules');
  const object = (one: object) => ({ spec: one }) as unknown as KubeObject;
  const errors = checkRules(tree, object(spec), old && object(old));
  return errors.map((one) => `${one.field}: ${one.body}`);
}

describe('rules', () => {
  it('are held against an object, with the message that they make', () => {
    expect(check({ min: 1, max: 2 })).toEqual([]);
    expect(check({ min: 1, max: 0 })).toEqual(['spec: Invalid value: "object": min is 1']);
  });

  it('about the former state hold in updates only, unless they take its absence', () => {
    expect(check({ min: 2, max: 2 })).toEqual([
      'spec: Invalid value: "object": failed rule: oldSelf.hasValue() || self.min == 1',
    ]);
    expect(check({ min: 2, max: 3 }, { min: 1, max: 2 })).toEqual([
      'spec.max: Forbidden: failed rule: self.max == oldSelf.max',
    ]);
  });

  it('compare items of a list by their keys', () => {
    const old = { min: 1, max: 2, list: [{ k: 'a', v: 5 }] };
    const now = {
      min: 1,
      max: 2,
      list: [
        { k: 'b', v: 1 },
        { k: 'a', v: 4 },
      ],
    };
    expect(check(now, old)).toEqual(['spec.list[1]: Invalid value: "object": v fell']);
  });

  it('are not held against what an update leaves as it was', () => {
    const broken = { min: 3, max: 2 };
    expect(check(broken, broken)).toEqual([]);
  });
});
