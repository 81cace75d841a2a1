import { describe, expect, it } from 'vitest';
import type { ValidatingAdmissionPolicy } from '../../apis/admissionregistration.k8s.io/v1/types.ts';
import { CONFIG_MAPS, DEPLOYMENTS, PODS, SECRETS } from '../../apis/resource-types.ts';
import type { ResourceDefinition } from '../../apiserver/resource-definition.ts';
import { typeCheck } from './type-checking.ts';

const CORE = 'io.k8s.api.core.v1';
const DEFINITIONS: readonly ResourceDefinition[] = [
  { type: DEPLOYMENTS, definition: 'io.k8s.api.apps.v1.Deployment' },
  { type: PODS, definition: `${CORE}.Pod` },
  { type: SECRETS, definition: `${CORE}.Secret` },
  { type: CONFIG_MAPS, definition: `${CORE}.ConfigMap` },
  {
    type: {
      group: 'apiextensions.k8s.io',
      version: 'v1',
      resource: 'customresourcedefinitions',
      kind: 'CustomResourceDefinition',
      namespaced: false,
    },
    definition: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition',
  },
];

interface Given {
  readonly group?: string;
  readonly resource?: string;
  readonly more?: object;
}

function warningsOf(expression: string, { group = '', resource = 'pods', more }: Given = {}) {
  const rule = {
    apiGroups: [group],
    apiVersions: ['v1'],
    operations: ['*'],
    resources: [resource],
  };
  const policy = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'p' },
    spec: { matchConstraints: { resourceRules: [rule] }, validations: [{ expression }], ...more },
  } as ValidatingAdmissionPolicy;
  return typeCheck(policy, DEFINITIONS).map(({ fieldRef, warning }) => {
    expect(fieldRef).toBe('spec.validations[0].expression');
    return warning.split('\n')[0];
  });
}

const noOverload = (types: string) =>
  `found no matching overload for '_==_' applied to '(${types})'`;

describe('typeCheck', () => {
  it.each<[string, string]>([
    [
      'object.spec.containers.all(c, c.ports.all(p, p.containerPort == "x"))',
      noOverload('int, string'),
    ],
    ['object.metadata.creationTimestamp == 5', noOverload('timestamp, int')],
    ['oldObject.status.phase == 5', noOverload('string, int')],
    ['object.metadata.labels.x == 5', noOverload('string, int')],
    ['object.spec.overhead.cpu == 5', "undefined field 'overhead'"],
    ['object.spec == 5', noOverload('Pod.spec, int')],
  ])('finds what is wrong in %s', (expression, text) => {
    expect(warningsOf(expression)).toEqual([expect.stringMatching(/^\/v1, Kind=Pod: ERROR: /)]);
    expect(warningsOf(expression)[0]).toContain(text);
  });

  it.each([
    'object.spec.containers.all(c, c.livenessProbe.httpGet.port == 5)',
    'object.spec.hostNetwork || request.operation == "CREATE"',
    'authorizer.path("/x").check("get").allowed()',
  ])('finds nothing in %s', (expression) => {
    expect(warningsOf(expression)).toEqual([]);
  });

  it('knows types that contain themselves', () => {
    const given = { group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' };
    const schema = 'object.spec.versions.all(v, v.schema.openAPIV3Schema.not.not';
    expect(warningsOf(`${schema}.type == "x")`, given)).toEqual([]);
    expect(warningsOf('object.spec.grp == "x"', given)[0]).toContain("undefined field 'grp'");
  });

  it('looks at parameters, where their kind is known, and at variables', () => {
    const paramKind = { apiVersion: 'v1', kind: 'ConfigMap' };
    expect(warningsOf('params.dat == 5', { more: { paramKind } })[0]).toContain(
      "undefined field 'dat'",
    );
    expect(warningsOf('params.data.x == 5', { more: { paramKind } })[0]).toContain(
      noOverload('string, int'),
    );
    const unknown = { apiVersion: 'x.y/v1', kind: 'Z' };
    expect(warningsOf('params.x == 5', { more: { paramKind: unknown } })[0]).toContain(
      "undeclared reference to 'params'",
    );
    const variables = [{ name: 'n', expression: 'object.spec.priority' }];
    expect(warningsOf('variables.n == "x"', { more: { variables } })[0]).toContain(
      noOverload('int, string'),
    );
  });

  it('says nothing where a policy is for nobody knows what', () => {
    expect(warningsOf('object.nope == 5', { group: '*' })).toEqual([]);
    expect(warningsOf('object.nope == 5', { resource: 'gone' })).toEqual([]);
  });
});
