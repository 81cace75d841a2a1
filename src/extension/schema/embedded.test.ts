import { describe, expect, it } from 'vitest';
import { coerceEmbedded, embeddedErrors, type MetaReport } from './embedded.ts';
import type { JsonSchema } from './json-schema.ts';

const SCHEMA: JsonSchema = {
  type: 'object',
  properties: { inner: { type: 'object', 'x-kubernetes-embedded-resource': true } },
};
const inner = (metadata: unknown) => ({ inner: { apiVersion: 'v1', kind: 'Pod', metadata } });

describe('the metadata of an object inside an object', () => {
  it('is refused with its place and what it is', () => {
    const report: MetaReport = { error: undefined, unknownFields: [] };
    coerceEmbedded(SCHEMA, inner({ uid: 5, name: 'a' }), '', report);
    expect(report.error).toBe(
      'inner.metadata: Invalid value: {"name":"a","uid":5}: json: cannot unmarshal number into Go struct field ObjectMeta.uid of type types.UID',
    );
  });

  it('is there although it is null', () => {
    const value = inner(null);
    coerceEmbedded(SCHEMA, value, '', { error: undefined, unknownFields: [] });
    expect(value).toEqual(inner({}));
  });

  it('needs no name, but labels, namespace and owners as anywhere', () => {
    expect(embeddedErrors(SCHEMA, inner({}))).toEqual([]);
    const wrong = { namespace: 'B_', labels: { 'a b': '' }, ownerReferences: [{ kind: 'X' }] };
    const fields = embeddedErrors(SCHEMA, inner(wrong)).map(({ field }) => field);
    expect(fields).toEqual([
      'inner.metadata.namespace',
      'inner.metadata.labels',
      'inner.metadata.ownerReferences.apiVersion',
      'inner.metadata.ownerReferences.name',
      'inner.metadata.ownerReferences.uid',
    ]);
  });
});
