import { describe, expect, it } from 'vitest';
import type { JsonSchema } from '../schema/json-schema.ts';
import { publishedSchemas } from './published-schemas.ts';

const type = {
  group: 'example.com',
  version: 'v1',
  resource: 'widgets',
  kind: 'Widget',
  namespaced: true,
};

function published(schema: JsonSchema, version: 2 | 3) {
  const kind = { type, listKind: undefined, schema, selectable: ['.spec.color'] };
  const shown = publishedSchemas(kind, version)['com.example.v1.Widget'] ?? {};
  return { shown, properties: shown.properties as Record<string, Record<string, unknown>> };
}

describe('publishedSchemas', () => {
  it('has fields in the order of Go and what may be selected by', () => {
    const spec: JsonSchema = {
      'x-kubernetes-map-type': 'atomic',
      properties: { b: { type: 'string' }, a: { nullable: true, type: 'string', example: 'x' } },
      type: 'object',
      default: { b: 'x', a: 'y' },
    };
    const { shown, properties } = published({ type: 'object', properties: { spec } }, 3);
    expect(Object.keys(properties)).toEqual(['apiVersion', 'kind', 'metadata', 'spec']);
    expect(JSON.stringify(properties.spec)).toBe(
      '{"type":"object","default":{"a":"y","b":"x"},"properties":{"a":{"type":"string","nullable":true},"b":{"type":"string"}},"x-kubernetes-map-type":"atomic"}',
    );
    expect(shown['x-kubernetes-selectable-fields']).toEqual([{ fieldPath: 'spec.color' }]);
  });

  const embedded: JsonSchema = {
    type: 'object',
    required: ['kind'],
    'x-kubernetes-embedded-resource': true,
    'x-kubernetes-preserve-unknown-fields': true,
  };

  it.each([
    [3, { required: ['kind', 'apiVersion'] }],
    [2, { 'x-kubernetes-preserve-unknown-fields': true }],
  ] as const)('tells what an embedded object has, in version %s', (version, expected) => {
    const { inner } = published(
      { type: 'object', properties: { inner: embedded } },
      version,
    ).properties;
    expect(inner).toMatchObject(expected);
    const names = Object.keys((inner?.properties as object | undefined) ?? {});
    expect(names).toEqual(version === 3 ? ['apiVersion', 'kind', 'metadata'] : []);
  });

  it('says of integers or texts that they are either, unless the schema does', () => {
    const port: JsonSchema = { 'x-kubernetes-int-or-string': true };
    const { properties } = published({ type: 'object', properties: { port } }, 3);
    expect(properties.port).toEqual({
      anyOf: [{ type: 'integer' }, { type: 'string' }],
      'x-kubernetes-int-or-string': true,
    });
  });
});
