import { expect, it } from 'vitest';
import { schemaOf } from '../../apis/schema/index.ts';
import { compareFields } from './field-sets.ts';
import { shapeOf } from './field-shape.ts';

const SPEC = shapeOf(schemaOf('io.k8s.api.core.v1.PodSpec'));
const addedTo = (spec: object) => compareFields(SPEC, undefined, spec).changed;

it('owns items that have one key as one', () => {
  const twice = [
    { name: 'a', image: 'x' },
    { name: 'a', image: 'y' },
  ];
  expect(addedTo({ containers: twice })).toMatchObject({
    'f:containers': { 'k:{"name":"a"}': {} },
  });
  expect(addedTo({ containers: twice })).not.toHaveProperty([
    'f:containers',
    'k:{"name":"a"}',
    'f:image',
  ]);
});

it('finds references without a name by the empty one', () => {
  expect(addedTo({ imagePullSecrets: [{}] })).toMatchObject({
    'f:imagePullSecrets': { 'k:{"name":""}': {} },
  });
});
