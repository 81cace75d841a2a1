import { describe, expect, it } from 'vitest';
import type { JsonSchema } from '../schema/json-schema.ts';
import { defaultErrors } from './default-rules.ts';

const VALIDATIONS = 'x-kubernetes-validations';

function errorsOf(value: JsonSchema): string[] {
  const schema: JsonSchema = { type: 'object', properties: { a: value } };
  return defaultErrors(schema, 'root').map(({ field, body }) => `${field}: ${body}`);
}

const integer = (value: number, rule: string, more: object = {}): JsonSchema => ({
  type: 'integer',
  default: value,
  [VALIDATIONS]: [{ rule, ...more }],
});

describe('defaultErrors', () => {
  it.each<[string, JsonSchema, string[]]>([
    ['passes what its rules allow', integer(3, 'self > 0'), []],
    [
      'refuses what they do not',
      integer(0, 'self > 0'),
      ['root.properties[a].default: Invalid value: "integer": failed rule: self > 0'],
    ],
    [
      'takes the default for its own former value',
      integer(1, 'self > oldSelf'),
      ['root.properties[a].default: Invalid value: "integer": failed rule: self > oldSelf'],
    ],
    [
      'also wants it to pass without a former value',
      integer(1, 'oldSelf.hasValue()', { optionalOldSelf: true }),
      ['root.properties[a].default: Invalid value: "integer": failed rule: oldSelf.hasValue()'],
    ],
    [
      'names the place inside a default',
      {
        type: 'array',
        maxItems: 5,
        default: [1, 2],
        items: { type: 'integer', [VALIDATIONS]: [{ rule: 'self > 1', message: 'too small' }] },
      },
      ['root.properties[a].default[0]: Invalid value: "integer": too small'],
    ],
    [
      'evaluates rules on what has unknown fields, but not on what has the wrong type',
      {
        type: 'object',
        default: { z: 1 },
        properties: { b: { type: 'string', default: 1, [VALIDATIONS]: [{ rule: 'false' }] } },
        [VALIDATIONS]: [{ rule: 'has(self.b)' }],
      },
      [
        'root.properties[a].default: Invalid value: {"z":1}: must not have unknown fields',
        'root.properties[a].default: Invalid value: "object": failed rule: has(self.b)',
        'root.properties[a].properties[b].default: Invalid value: "integer":  in body must be of type string: "integer"',
      ],
    ],
  ])('%s', (_what, schema, errors) => {
    expect(errorsOf(schema)).toEqual(errors);
  });
});
