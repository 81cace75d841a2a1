import { describe, expect, it } from 'vitest';
import { CONFIG_MAPS } from '../../apis/resource-types.ts';
import type { KubeObject } from '../../machinery/object.ts';
import type { MetadataChecks, Strategy } from '../resource-definition.ts';
import { updatedMetaErrors } from './updated-meta.ts';

const METADATA = { name: 'a', namespace: 'ns', uid: 'u' };
const old: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: METADATA };

function causes(strategy: Strategy<KubeObject>, metadata: object, subresource = ''): number {
  const definition = { type: CONFIG_MAPS, definition: 'io.k8s.api.core.v1.ConfigMap', strategy };
  const draft = { ...old, metadata: { ...METADATA, ...metadata } };
  return updatedMetaErrors(definition, { draft, old }, subresource).length;
}

const LABELS = { labels: { 'Bad Key!': 'x' } };
const FINALIZERS = { finalizers: ['plain'] };
const BASE = { generateName: 'Bad Value!' };

describe('updatedMetaErrors', () => {
  // By what a kind repeats: causes of a bad label, of a finalizer without a domain, of a bad generateName.
  it.each<[MetadataChecks, number, number, number]>([
    ['all', 4, 2, 1],
    ['allTwice', 5, 3, 2],
    ['changes', 3, 1, 0],
    ['plainChanges', 3, 0, 0],
    ['rules', 3, 1, 1],
    ['rulesTwice', 4, 2, 2],
    ['none', 2, 0, 0],
  ])('gives each cause as often as upstream: %s', (metadataOnUpdate, label, finalizer, base) => {
    const strategy = { metadataOnUpdate };
    expect(causes(strategy, LABELS)).toBe(label);
    expect(causes(strategy, FINALIZERS)).toBe(finalizer);
    expect(causes(strategy, BASE)).toBe(base);
  });

  it('does not check a status by the rules of its kind, unless the kind says so', () => {
    expect(causes({}, BASE, 'status')).toBe(0);
    expect(causes({}, LABELS, 'status')).toBe(3);
    expect(causes({ metadataOnStatusUpdate: 'all' }, BASE, 'status')).toBe(1);
  });

  it('tells a grace period of nothing from none', () => {
    expect(causes({}, { deletionGracePeriodSeconds: 0 })).toBeGreaterThan(0);
  });
});
