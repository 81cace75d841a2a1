import { describe, expect, it } from 'vitest';
import type { JsonSchema } from '../schema/json-schema.ts';
import { plainSchema } from './plain-schema.ts';

describe('plainSchema', () => {
  it.each<[string, JsonSchema, object]>([
    [
      'has no type where unknown fields are kept',
      { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, required: ['a'] },
      { 'x-kubernetes-preserve-unknown-fields': true, required: ['a'] },
    ],
    [
      'has no type where null is allowed',
      { type: 'string', nullable: true, enum: ['A'] },
      { enum: ['A'] },
    ],
    [
      'keeps what clients can check',
      { type: 'object', properties: { a: { type: 'integer', default: 3 } }, oneOf: [] },
      { type: 'object', properties: { a: { type: 'integer' } } },
    ],
  ])('%s', (_, schema, plain) => expect(plainSchema(schema)).toEqual(plain));
});
