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
  return publishedSchemas(kind, version)['com.example.v1.Widget'];
}

describe('publishedSchemas', () => {
  it('has fields in the order of Go and what may be selected by', () => {
    const spec: JsonSchema = {
      'x-kubernetes-map-type': 'atomic',
      properties: { b: { type: 'string' }, a: { nullable: true, type: 'string', example: 'x' } },
      type: 'object',
      default: { b: 'x', a: 'y' },
    };
    const shown = published({ type: 'object', properties: { spec } }, 3);
    const properties = shown?.properties as Record<string, unknown>;
    expect(Object.keys(properties)).toEqual(['apiVersion', 'kind', 'metadata', 'spec']);
    expect(JSON.stringify(properties.spec)).toBe(
      '{"type":"object","default":{"a":"y","b":"x"},"properties":{"a":{"type":"string","nullable":true},"b":{"type":"string"}},"x-kubernetes-map-type":"atomic"}',
    );
    expect(shown?.['x-kubernetes-selectable-fields']).toEqual([{ fieldPath: 'spec.color' }]);
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
    const shown = published({ type: 'object', properties: { inner: embedded } }, version);
    const { inner } = shown?.properties as { inner: Record<string, unknown> };
    expect(inner).toMatchObject(expected);
    const names = Object.keys((inner.properties as object | undefined) ?? {});
    expect(names).toEqual(version === 3 ? ['apiVersion', 'kind', 'metadata'] : []);
  });

  it('says of integers or texts that they are either, unless the schema does', () => {
    const port: JsonSchema = { 'x-kubernetes-int-or-string': true };
    const shown = published({ type: 'object', properties: { port } }, 3);
    expect((shown?.properties as Record<string, unknown>).port).toEqual({
      anyOf: [{ type: 'integer' }, { type: 'string' }],
      'x-kubernetes-int-or-string': true,
    });
  });
});
