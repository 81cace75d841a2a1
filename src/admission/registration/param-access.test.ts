import { describe, expect, it } from 'vitest';
import {
  CONFIG_MAPS,
  MUTATING_ADMISSION_POLICY_BINDINGS,
  SECRETS,
  VALIDATING_ADMISSION_POLICIES,
  VALIDATING_ADMISSION_POLICY_BINDINGS,
} from '../../apis/resource-types.ts';
import type { AdmissionRequest } from '../../apiserver/contracts.ts';
import type { KubeObject, ResourceType } from '../../machinery/object.ts';
import { newParamAccess } from './param-access.ts';

const SECRET = { apiVersion: 'v1', kind: 'Secret' };
const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap' };
const WHO = '&{carl  [writers] map[]}';

/** A server where users may read config maps, and master policies of secrets (s) and unknowns (u). */
const plugin = newParamAccess({
  authorizer: { authorize: ({ resource }) => ({ allowed: resource === 'configmaps' }) },
  types: () => [CONFIG_MAPS, SECRETS],
  validatingPolicy: (name) => policies.get(name),
  mutatingPolicy: (name) => policies.get(name),
});

const policyOf = (paramKind: object) => ({
  ...objectOf('p', { paramKind }),
  spec: { paramKind },
});
const policies = new Map<string, KubeObject>([
  ['s', policyOf(SECRET)],
  ['c', policyOf(CONFIG_MAP)],
  ['u', policyOf({ apiVersion: 'a.b/v1', kind: 'X' })],
]);

function objectOf(name: string, spec: object): KubeObject {
  return { apiVersion: 'v1', kind: 'Any', metadata: { name }, spec } as KubeObject;
}

function write(type: ResourceType, spec: object, before?: object, groups = ['writers']) {
  const request = {
    operation: before ? 'UPDATE' : 'CREATE',
    type,
    subresource: '',
    object: objectOf('x', spec),
    old: before && objectOf('x', before),
    context: { user: { name: 'carl', groups } },
  };
  return plugin.validate?.(request as unknown as AdmissionRequest);
}

describe('newParamAccess', () => {
  it('refuses policies with parameters that their writer may not read', async () => {
    await expect(write(VALIDATING_ADMISSION_POLICIES, { paramKind: SECRET })).rejects.toThrow(
      `spec.paramKind: Forbidden: user ${WHO} must have "get" permission on all objects of the referenced paramKind (kind=Secret, apiVersion=v1)`,
    );
    await write(VALIDATING_ADMISSION_POLICIES, { paramKind: CONFIG_MAP });
    await write(VALIDATING_ADMISSION_POLICIES, {});
  });

  it('lets what was there stay, and administrators do what they want', async () => {
    await write(VALIDATING_ADMISSION_POLICIES, { paramKind: SECRET }, { paramKind: SECRET });
    await write(VALIDATING_ADMISSION_POLICIES, { paramKind: SECRET }, undefined, [
      'system:masters',
    ]);
  });

  it.each<[string, object, string]>([
    ['an object', { name: 'x' }, `user ${WHO} does not have "get" permission on the object`],
    ['a selection', { selector: {} }, `user ${WHO} does not have "list" permission on the object`],
  ])('refuses bindings to %s', async (_what, paramRef, text) => {
    const spec = { policyName: 's', paramRef };
    await expect(write(VALIDATING_ADMISSION_POLICY_BINDINGS, spec)).rejects.toThrow(
      `spec.paramRef: Forbidden: ${text} referenced by paramRef`,
    );
  });

  it.each([
    ['gone', 'unable to get policy gone to determine'],
    ['u', 'unable to resolve paramKind &{a.b/v1 X} to determine'],
  ])('wants all permissions where the policy %s does not tell which', async (policyName, text) => {
    const spec = { policyName, paramRef: { name: 'x' } };
    await expect(write(MUTATING_ADMISSION_POLICY_BINDINGS, spec)).rejects.toThrow(text);
  });

  it('looks again when a binding turns to another policy', async () => {
    const before = { policyName: 'c', paramRef: { name: 'x' } };
    await write(VALIDATING_ADMISSION_POLICY_BINDINGS, before);
    const after = { ...before, policyName: 's' };
    await expect(write(VALIDATING_ADMISSION_POLICY_BINDINGS, after, before)).rejects.toThrow();
    await write(VALIDATING_ADMISSION_POLICY_BINDINGS, after, after);
  });
});
