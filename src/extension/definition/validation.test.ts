import { describe, expect, it } from 'vitest';
import type { CustomResourceDefinition } from '../../apis/apiextensions.k8s.io/v1/types.ts';
import { nameDefinition } from './naming.ts';
import { definitionErrors, definitionUpdateErrors } from './validation.ts';

type Change = (definition: CustomResourceDefinition) => void;

function definition(change: Change = () => undefined): CustomResourceDefinition {
  const made: CustomResourceDefinition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'xs.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'xs', singular: 'x', kind: 'X', listKind: 'XList' },
      versions: [version('v1', { type: 'object' })],
    },
    status: { storedVersions: ['v1'] },
  };
  change(made);
  return made;
}

function version(name: string, schema: object) {
  return { name, served: true, storage: name === 'v1', schema: { openAPIV3Schema: schema } };
}

const withProperty =
  (property: object): Change =>
  ({ spec }) => {
    spec.versions = [version('v1', { type: 'object', properties: { x: property } })];
  };
const X = 'spec.validation.openAPIV3Schema.properties[x]';

const CASES: readonly [name: string, change: Change, errors: string[]][] = [
  ['a right one', () => undefined, []],
  [
    'a group of Kubernetes without approval',
    (one) => {
      one.spec.group = 'x.k8s.io';
      one.metadata.name = 'xs.x.k8s.io';
    },
    [
      'metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have approval annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111',
    ],
  ],
  [
    'no type',
    withProperty({}),
    [`${X}.type: Required value: must not be empty for specified object fields`],
  ],
  [
    'a type in an alternative',
    withProperty({ type: 'object', anyOf: [{ type: 'string' }] }),
    [`${X}.anyOf[0].type: Forbidden: must be empty to be structural`],
  ],
  [
    'a default that does not fit',
    withProperty({ type: 'integer', default: 'x' }),
    [`${X}.default: Invalid value: "string":  in body must be of type integer: "string"`],
  ],
  [
    'keys of a list that are no properties',
    withProperty({
      type: 'array',
      items: { type: 'object', properties: {} },
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['k'],
    }),
    [
      `${X}.x-kubernetes-list-map-keys: Invalid value: ["k"]: entries must all be names of item properties`,
    ],
  ],
  [
    'a rule about what is not declared',
    withProperty({
      type: 'object',
      properties: { a: { type: 'integer' } },
      'x-kubernetes-validations': [{ rule: 'self.b' }],
    }),
    [
      `${X}.x-kubernetes-validations[0].rule: Invalid value: {"Rule":"self.b","Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}: compilation failed: ERROR: <input>:1:5: undefined field 'b'\n | self.b\n | ....^`,
    ],
  ],
];

describe('a definition', () => {
  it.each(CASES)('with %s', (_name, change, expected) => {
    const errors = definitionErrors(definition(change));
    expect(errors.map((one) => `${one.field}: ${one.body}`)).toEqual(expected);
  });

  it('keeps its scope and kind once it is established, and versions that were stored', () => {
    const old = definition((one) => {
      one.status = {
        storedVersions: ['v1', 'v0'],
        conditions: [{ type: 'Established', status: 'True' }],
      };
      one.spec.versions.push(version('v0', { type: 'object' }));
    });
    const changed = definition((one) => {
      one.status = old.status ?? {};
      one.spec.scope = 'Cluster';
    });
    expect(definitionUpdateErrors(changed, old).map((one) => one.field)).toEqual([
      'spec.scope',
      'status.storedVersions[1]',
    ]);
  });
});

describe('names', () => {
  const other = definition((one) => {
    one.metadata.name = 'ys.example.com';
    one.status = { acceptedNames: { plural: 'ys', singular: 'y', kind: 'X', listKind: 'YList' } };
  });

  it('are taken by who came first', () => {
    const { accepted, condition } = nameDefinition(definition(), [other], 'now');
    expect(condition).toMatchObject({
      status: 'False',
      reason: 'KindConflict',
      message: '"X" is already in use',
    });
    expect(accepted).toMatchObject({ plural: 'xs', kind: '' });
  });

  it('are free in another group', () => {
    const elsewhere = { ...other, spec: { ...other.spec, group: 'other.com' } };
    const { accepted, condition } = nameDefinition(definition(), [elsewhere], 'now');
    expect(condition.status).toBe('True');
    expect(accepted).toEqual(definition().spec.names);
  });
});
