import { describe, expect, it } from 'vitest';
import { schemaOf } from '../../apis/schema/index.ts';
import { compareFields } from './field-sets.ts';
import { shapeOf } from './field-shape.ts';

const TEMPLATES = shapeOf(schemaOf('io.k8s.api.core.v1.PodTemplate'));

describe('compareFields', () => {
  it('gives what Go always has to nobody, and what has a pointer to who sets it', () => {
    const after = { template: { metadata: {}, spec: { securityContext: {} } } };
    const { changed } = compareFields(TEMPLATES, {}, after);
    expect(changed).toEqual({ 'f:template': { 'f:spec': { 'f:securityContext': {} } } });
  });

  it('gives who adds an item what Go always has in it', () => {
    const after = { template: { spec: { containers: [{ name: 'web' }] } } };
    const { changed } = compareFields(TEMPLATES, {}, after);
    const item = { '.': {}, 'f:name': {}, 'f:resources': {} };
    const containers = { 'k:{"name":"web"}': item };
    expect(changed).toEqual({ 'f:template': { 'f:spec': { 'f:containers': containers } } });
  });

  it('sees labels that are taken away from a metadata', () => {
    const before = { metadata: { labels: { app: 'web' } } };
    const { removed } = compareFields(TEMPLATES, before, { metadata: {} });
    expect(removed).toEqual({ 'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } } });
  });
});
