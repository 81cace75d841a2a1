import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../machinery/object.ts';
import {
  type AccessSpec,
  evaluationErrorOf,
  localErrors,
  metadataErrors,
  specErrors,
} from './access-review.ts';

const texts = (errors: readonly { field: string; body: string }[]) =>
  errors.map(({ field, body }) => `${field}: ${body}`);
const PODS: AccessSpec = { resourceAttributes: { verb: 'get', resource: 'pods' } };
const review = (metadata: KubeObject['metadata']): KubeObject => ({
  apiVersion: 'authorization.k8s.io/v1',
  kind: 'SubjectAccessReview',
  metadata,
});

describe('access reviews', () => {
  it.each<[string, AccessSpec, string[]]>([
    ['a resource', PODS, []],
    [
      'nothing',
      {},
      [
        'spec.resourceAttributes: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified',
      ],
    ],
    [
      'both',
      { ...PODS, nonResourceAttributes: { path: '/', verb: 'get' } },
      [
        'spec.nonResourceAttributes: Invalid value: {"Path":"/","Verb":"get"}: cannot be specified in combination with resourceAttributes',
      ],
    ],
    [
      'empty selectors',
      { resourceAttributes: { fieldSelector: {}, labelSelector: { requirements: [] } } },
      ['fieldSelector', 'labelSelector'].map(
        (one) =>
          `spec.resourceAttributes.${one}.requirements: Required value: when spec.resourceAttributes.${one} is specified, requirements or rawSelector is required`,
      ),
    ],
    [
      'wrong requirements; operators of later versions are let through',
      {
        resourceAttributes: {
          fieldSelector: {
            rawSelector: 'a=b',
            requirements: [
              { key: '', operator: 'In' },
              { key: 'a', operator: 'Exists', values: ['b'] },
              { key: 'a', operator: 'Near', values: ['b'] },
            ],
          },
        },
      },
      [
        'spec.resourceAttributes.fieldSelector.rawSelector: Invalid value: "a=b": may not specified at the same time as requirements',
        'spec.resourceAttributes.fieldSelector.requirements[0].key: Required value: must be specified',
        "spec.resourceAttributes.fieldSelector.requirements[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
        "spec.resourceAttributes.fieldSelector.requirements[1].values: Forbidden: may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
      ],
    ],
  ])('%s', (_case, spec, expected) => {
    expect(texts(specErrors(spec))).toEqual(expected);
  });

  it('want a user or a group where they are about somebody', () => {
    const nobody = 'spec.user: Invalid value: "": at least one of user or group must be specified';
    expect(texts(specErrors(PODS, {}))).toEqual([nobody]);
    expect(specErrors(PODS, { user: 'joe' })).toEqual([]);
    expect(specErrors(PODS, { groups: ['devs'] })).toEqual([]);
  });

  it('take no metadata, and stay in their namespace', () => {
    expect(metadataErrors(review({}), false)).toEqual([]);
    expect(texts(metadataErrors(review({ name: 'x' }), false))).toEqual([
      'metadata: Invalid value: {"name":"x"}: must be empty',
    ]);
    expect(metadataErrors(review({ namespace: 'n' }), true)).toEqual([]);
    expect(texts(localErrors(PODS, 'n'))).toEqual([
      'spec.resourceAttributes.namespace: Invalid value: "": must match metadata.namespace',
    ]);
  });

  it('say which selectors they did not understand', () => {
    const asking = (fields: string, labels: string): AccessSpec => ({
      resourceAttributes: {
        fieldSelector: { rawSelector: fields },
        labelSelector: { rawSelector: labels },
      },
    });
    expect(evaluationErrorOf(asking('a=b,c!=d', 'a in (b)'))).toBe('');
    expect(evaluationErrorOf(asking('a=b', '=='))).toBe(
      'spec.resourceAttributes.labelSelector ignored due to parse error',
    );
  });

  it('ignore requirements that a newer client may mean, and say so', () => {
    const asking = (operator: string, values: string[]): AccessSpec => ({
      resourceAttributes: {
        fieldSelector: { requirements: [{ key: 'a', operator, values }] },
        labelSelector: { requirements: [{ key: 'a', operator, values }] },
      },
    });
    const [fields, labels] = ['fieldSelector', 'labelSelector'].map(
      (one) => `spec.resourceAttributes.${one} ignored due to parse error`,
    );
    expect(evaluationErrorOf(asking('In', ['b']))).toBe('');
    expect(evaluationErrorOf(asking('In', ['b', 'c']))).toBe(fields);
    expect(evaluationErrorOf(asking('Exists', []))).toBe(fields);
    expect(evaluationErrorOf(asking('Near', ['b']))).toBe(`${fields}, ${labels}`);
    expect(texts(specErrors(asking('Near', ['b b']))).join()).toMatch(
      /^spec\.resourceAttributes\.labelSelector\.requirements\[0\]\.values\[0\]: Invalid value: "b b": a valid label must/,
    );
  });
});
