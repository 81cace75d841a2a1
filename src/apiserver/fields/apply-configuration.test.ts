import { expect, it } from 'vitest';
import { schemaOf } from '../../apis/schema/index.ts';
import { pruneFields } from './apply-configuration.ts';
import { shapeOf } from './field-shape.ts';
import { LEAF } from './field-tree.ts';

const POLICY = shapeOf(schemaOf('io.k8s.api.networking.v1.NetworkPolicy'));
const policy = { metadata: { name: 'a' }, spec: { podSelector: {}, policyTypes: ['Egress'] } };
const last = { 'f:spec': { 'f:podSelector': LEAF } };

it('takes with a struct that its owner gives up what nobody owns in it', () => {
  expect(pruneFields(POLICY, policy, { last, keep: undefined })).toEqual({
    metadata: { name: 'a' },
  });
});

it('leaves a struct of which somebody else owns a part', () => {
  const keep = { 'f:spec': { 'f:egress': LEAF } };
  expect(pruneFields(POLICY, policy, { last, keep })).toEqual({
    metadata: { name: 'a' },
    spec: { policyTypes: ['Egress'] },
  });
});
