import { expect, it } from 'vitest';
import type { PolicyRule } from '../../apis/rbac.authorization.k8s.io/v1/types.ts';
import type { AccessAttributes, RoleSource } from './rbac.ts';
import { newRememberedRbac } from './remembered-rbac.ts';

const user = { name: 'alice', groups: [] };
const question: AccessAttributes = {
  user,
  verb: 'get',
  group: '',
  resource: 'pods',
  subresource: '',
  name: 'web',
  namespace: 'p',
};

function bed(rules: PolicyRule[]) {
  const state = { revision: 1, rules, looks: 0 };
  const source: RoleSource = {
    clusterRole: (name) => {
      state.looks += 1;
      return {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: { name },
        rules: state.rules,
      };
    },
    role: () => undefined,
    clusterRoleBindings: () => [
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: { name: 'all' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'some' },
        subjects: [{ kind: 'User', name: 'alice' }],
      },
    ],
    roleBindings: () => [],
  };
  const decide = newRememberedRbac(source, () => state.revision);
  const may = (over: Partial<AccessAttributes> = {}) => decide({ ...question, ...over }).allowed;
  return { state, may, decide };
}

const PODS: PolicyRule = { verbs: ['get'], apiGroups: [''], resources: ['pods'] };

it('remembers what is allowed for every name, with its reason', () => {
  const { state, may, decide } = bed([PODS]);
  expect([may(), may({ name: 'db' }), may({ namespace: 'p' })]).toEqual([true, true, true]);
  expect(state.looks).toBe(1);
  expect(decide(question).reason).toMatch('RBAC: allowed by ClusterRoleBinding "all"');
});

it('does not take one question for another', () => {
  const { may } = bed([PODS]);
  expect(may()).toBe(true);
  expect(may({ verb: 'delete' })).toBe(false);
  expect(may({ resource: 'secrets' })).toBe(false);
  expect(may({ subresource: 'log' })).toBe(false);
  expect(may({ group: 'apps' })).toBe(false);
  expect(may({ path: '/metrics' })).toBe(false);
  expect(may({ user: { name: 'bob', groups: [] } })).toBe(false);
});

it('asks each time where a rule names objects, and where something is refused', () => {
  const { state, may } = bed([{ ...PODS, resourceNames: ['web'] }]);
  expect([may(), may({ name: 'db' }), may()]).toEqual([true, false, true]);
  expect(state.looks).toBe(3);
});

it('forgets when a role or a binding changes', () => {
  const { state, may } = bed([PODS]);
  expect(may()).toBe(true);
  state.rules = [];
  state.revision = 2;
  expect(may()).toBe(false);
});
