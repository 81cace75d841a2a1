import { describe, expect, it } from 'vitest';
import { readSchemas } from './schema-forms.ts';

function read(schema: object): unknown {
  const openAPIV3Schema = structuredClone(schema);
  readSchemas({ spec: { versions: [{ schema: { openAPIV3Schema } }] } } as never);
  return openAPIV3Schema;
}

describe('schemas of a definition', () => {
  it.each([
    { additionalProperties: true },
    { additionalProperties: { type: 'string' }, items: [{ type: 'string' }] },
    { properties: { a: { items: { type: 'string' } } } },
  ])('stay as they are: %j', (schema) => {
    expect(read(schema)).toEqual(schema);
  });

  it.each([7, 'x', true])('have no items where %j stands for them', (items) => {
    expect(read({ properties: { a: { type: 'array', items } } })).toEqual({
      properties: { a: { type: 'array' } },
    });
  });

  it.each([
    { additionalProperties: 7 },
    { additionalItems: 'x' },
    { properties: { a: { not: { additionalProperties: [] } } } },
    { allOf: [{ items: { additionalProperties: 1 } }] },
    { items: [{ additionalProperties: 1 }] },
    { additionalProperties: { additionalProperties: 1 } },
  ])('are refused: %j', (schema) => {
    expect(() => read(schema)).toThrow(
      'CustomResourceDefinition in version "v1" cannot be handled as a CustomResourceDefinition: boolean or JSON schema expected',
    );
  });
});
