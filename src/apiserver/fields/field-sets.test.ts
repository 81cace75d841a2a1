import { describe, expect, it } from 'vitest';
import { compareFields } from './field-sets.ts';
import type { Shape } from './field-shape.ts';

const STRUCT: Shape = { kind: 'struct', child: () => STRUCT };

describe('compareFields', () => {
  it('gives the empty metadata of a template to nobody', () => {
    const after = { template: { metadata: {}, spec: { securityContext: {} } } };
    const { changed } = compareFields(STRUCT, undefined, after);
    expect(changed).toEqual({ 'f:template': { 'f:spec': { 'f:securityContext': {} } } });
  });

  it('sees labels that are taken away from a metadata', () => {
    const before = { metadata: { labels: { app: 'web' } } };
    const { removed } = compareFields(STRUCT, before, { metadata: {} });
    expect(removed).toEqual({ 'f:metadata': { 'f:labels': { 'f:app': {} } } });
  });
});
