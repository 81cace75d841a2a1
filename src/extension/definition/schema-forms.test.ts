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
    expect(() => read(schema)).toThrow('boolean or JSON schema expected');
  });

  it.each([
    [{ items: { required: [true] } }, 'bool', 'items', 'string'],
    [{ items: [5] }, 'number', 'items', 'v1.JSONSchemaProps'],
    [
      { properties: { a: { items: { items: { type: 5 } } } } },
      'number',
      'properties.items',
      'string',
    ],
    [
      { not: { additionalProperties: { title: [] } } },
      'array',
      'not.additionalProperties',
      'string',
    ],
    [{ items: { maxLength: 1.5 } }, 'number 1.5', 'items', 'int64'],
    [{ dependencies: { a: [5] } }, 'number', 'dependencies', 'string'],
    [{ dependencies: { a: { type: 5 } } }, 'number', 'dependencies', 'string'],
  ])('are refused where a field has another type: %j', (schema, met, path, type) => {
    expect(() => read(schema)).toThrow(
      `json: cannot unmarshal ${met} into Go struct field JSONSchemaProps.spec.versions.schema.openAPIV3Schema.${path} of type ${type}`,
    );
  });

  it('have only fields of schemas, in the form that they are given back in', () => {
    const part = {
      type: 'object',
      foo: 1,
      nullable: false,
      required: [],
      title: null,
      maxLength: 0,
    };
    expect(
      read({ items: { ...part, items: part }, additionalProperties: { properties: { a: part } } }),
    ).toEqual({
      items: { maxLength: 0, type: 'object', items: { maxLength: 0, type: 'object' } },
      additionalProperties: { properties: { a: { maxLength: 0, type: 'object' } } },
    });
  });
});
