import { expect, it } from 'vitest';
import { goEqual } from './go-equal.ts';
import { schemaOf } from './schema.ts';

const SPEC = schemaOf('io.k8s.api.core.v1.PodSpec');
const container = (rest: object) => ({ containers: [{ name: 'c', ...rest }] });

it.each<[string, object, object]>([
  ['an empty list and none', { volumes: [] }, {}],
  ['null and none', { volumes: null, hostNetwork: null }, {}],
  ['a zero value and none', { hostNetwork: false, nodeName: '' }, {}],
  ['an empty struct and none', container({ resources: {} }), container({})],
  ['an empty map in a struct', container({ resources: { limits: {} } }), container({})],
  [
    'keys in another order',
    { nodeSelector: { a: '1', b: '2' } },
    { nodeSelector: { b: '2', a: '1' } },
  ],
])('%s are equal', (_, a, b) => {
  expect(goEqual(SPEC, a, b)).toBe(true);
  expect(goEqual(SPEC, b, a)).toBe(true);
});

it.each<[string, object, object]>([
  ['a pointer to an empty struct and none', { affinity: {} }, {}],
  ['a pointer to a zero value and none', { shareProcessNamespace: false }, {}],
  [
    'an empty struct in a list and none',
    { volumes: [{ name: 'v', emptyDir: {} }] },
    { volumes: [{ name: 'v' }] },
  ],
  ['an empty item and none', { tolerations: [{}] }, {}],
  ['an empty value in a map and none', { nodeSelector: { a: '' } }, {}],
  ['texts', { nodeName: 'a' }, { nodeName: 'b' }],
])('%s differ', (_, a, b) => {
  expect(goEqual(SPEC, a, b)).toBe(false);
  expect(goEqual(SPEC, b, a)).toBe(false);
});
