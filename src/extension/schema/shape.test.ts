import { describe, expect, it } from 'vitest';
import { compareFields, fieldsOf } from '../../apiserver/fields/field-sets.ts';
import type { JsonSchema } from './json-schema.ts';
import { shapeOfObject } from './shape.ts';

const text: JsonSchema = { type: 'string' };
const object = (properties: Record<string, JsonSchema>, more: JsonSchema = {}): JsonSchema => ({
  type: 'object',
  properties,
  ...more,
});

const shape = shapeOfObject(
  object({
    spec: object({
      deep: object({ a: object({ b: text }) }),
      open: object(
        { known: object({ x: text }) },
        { 'x-kubernetes-preserve-unknown-fields': true },
      ),
      free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      map: { type: 'object', additionalProperties: object({ x: text }) },
      embedded: object({}, { 'x-kubernetes-embedded-resource': true }),
    }),
  }),
);

describe('who applies fields of a custom resource', () => {
  it.each<[object, object]>([
    [{ deep: { a: { b: 'x' } } }, { 'f:deep': { 'f:a': { 'f:b': {} } } }],
    [
      { open: { known: { x: 'y' }, other: { v: 'w' } } },
      { 'f:open': { 'f:known': { 'f:x': {} }, 'f:other': { '.': {}, 'f:v': {} } } },
    ],
    [{ free: { a: { b: 'c' } } }, { 'f:free': { 'f:a': { '.': {}, 'f:b': {} } } }],
    [{ map: { one: { x: '1' } } }, { 'f:map': { 'f:one': { '.': {}, 'f:x': {} } } }],
    [
      { embedded: { metadata: { labels: { a: 'b' } } } },
      { 'f:embedded': { 'f:metadata': { 'f:labels': { 'f:a': {} } } } },
    ],
  ])('%j owns, beside leaves, only what no schema names', (spec, fields) => {
    expect(fieldsOf(shape, { spec })).toEqual({ 'f:spec': fields });
  });
});

it('what takes the place of a text or a list has parts that are owned', () => {
  const free = (a: unknown) => ({ spec: { free: { a } } });
  const inFree = (a: object) => ({ 'f:spec': { 'f:free': { 'f:a': a } } });
  expect(compareFields(shape, free('x'), free({ b: 'c' }))).toEqual({
    changed: inFree({ '.': {}, 'f:b': {} }),
    removed: undefined,
  });
  expect(compareFields(shape, free({ b: 'c' }), free(['x']))).toEqual({
    changed: inFree({}),
    removed: inFree({ 'f:b': {} }),
  });
});
