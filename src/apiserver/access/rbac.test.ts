import { describe, expect, it } from 'vitest';
import type {
  ClusterRole,
  ClusterRoleBinding,
  RoleBinding,
} from '../../apis/rbac.authorization.k8s.io/v1/types.ts';
import { type AccessAttributes, type RoleSource, rbacDecides } from './rbac.ts';

const RBAC = 'rbac.authorization.k8s.io';
const clusterRole = (name: string, rules: ClusterRole['rules']): ClusterRole => ({
  apiVersion: `${RBAC}/v1`,
  kind: 'ClusterRole',
  metadata: { name },
  rules: rules ?? [],
});
const view = clusterRole('view', [
  { verbs: ['get', 'list', 'watch'], apiGroups: [''], resources: ['pods', 'pods/log'] },
  { verbs: ['update'], apiGroups: ['*'], resources: ['*/scale'] },
  { verbs: ['get'], apiGroups: [''], resources: ['secrets'], resourceNames: ['open'] },
]);
const discovery = clusterRole('discovery', [{ verbs: ['get'], nonResourceURLs: ['/api/*'] }]);
const roleRef = (name: string) => ({ apiGroup: RBAC, kind: 'ClusterRole', name });
const inP2: RoleBinding = {
  apiVersion: `${RBAC}/v1`,
  kind: 'RoleBinding',
  metadata: { name: 'view', namespace: 'p2' },
  roleRef: roleRef('view'),
  subjects: [
    { kind: 'User', name: 'alice' },
    { kind: 'ServiceAccount', name: 'robot' },
  ],
};
const everywhere: ClusterRoleBinding = {
  apiVersion: `${RBAC}/v1`,
  kind: 'ClusterRoleBinding',
  metadata: { name: 'discovery' },
  roleRef: roleRef('discovery'),
  subjects: [{ kind: 'Group', name: 'system:authenticated' }],
};
const source: RoleSource = {
  clusterRole: (name) => [view, discovery].find((one) => one.metadata.name === name),
  role: () => undefined,
  clusterRoleBindings: () => [everywhere],
  roleBindings: (namespace) => (namespace === 'p2' ? [inP2] : []),
};

const ask = (user: string, verb: string, over: Partial<AccessAttributes> = {}) =>
  rbacDecides(source, {
    user: { name: user, groups: ['system:authenticated'] },
    verb,
    group: '',
    resource: 'pods',
    subresource: '',
    name: '',
    namespace: 'p2',
    ...over,
  }).allowed;

describe('rbacDecides', () => {
  it.each([
    ['a verb and resource of a bound role', ask('alice', 'list'), true],
    ['a verb that the role lacks', ask('alice', 'delete'), false],
    ['another user', ask('bob', 'list'), false],
    ['another namespace', ask('alice', 'list', { namespace: 'p1' }), false],
    ['all namespaces by a role in one', ask('alice', 'list', { namespace: '' }), false],
    ['a listed subresource', ask('alice', 'get', { subresource: 'log' }), true],
    ['an unlisted subresource', ask('alice', 'get', { subresource: 'exec' }), false],
    [
      'any scale subresource',
      ask('alice', 'update', { group: 'apps', resource: 'x', subresource: 'scale' }),
      true,
    ],
    ['a named object', ask('alice', 'get', { resource: 'secrets', name: 'open' }), true],
    ['an object of another name', ask('alice', 'get', { resource: 'secrets', name: 'x' }), false],
    [
      'a service account of the binding namespace',
      ask('system:serviceaccount:p2:robot', 'list'),
      true,
    ],
    ['a path below a wildcard', ask('bob', 'get', { path: '/api/v1' }), true],
    ['a path outside it', ask('bob', 'get', { path: '/metrics' }), false],
  ])('%s', (_case, allowed, expected) => expect(allowed).toBe(expected));

  it('lets system:masters do everything', () => {
    expect(ask('root', 'delete', { user: { name: 'root', groups: ['system:masters'] } })).toBe(
      true,
    );
  });
});

describe('reasons of rbacDecides', () => {
  const question = {
    verb: 'get',
    group: '',
    resource: 'pods',
    subresource: '',
    name: '',
    namespace: 'p2',
  };

  it('says which binding allows', () => {
    const decide = (name: string) =>
      rbacDecides(source, { ...question, user: { name, groups: [] } }).reason;
    expect(decide('alice')).toBe(
      'RBAC: allowed by RoleBinding "view/p2" of ClusterRole "view" to User "alice"',
    );
    expect(decide('system:serviceaccount:p2:robot')).toBe(
      'RBAC: allowed by RoleBinding "view/p2" of ClusterRole "view" to ServiceAccount "robot/p2"',
    );
    const user = { name: 'x', groups: ['system:authenticated'] };
    expect(rbacDecides(source, { ...question, user, path: '/api/v1' }).reason).toBe(
      'RBAC: allowed by ClusterRoleBinding "discovery" of ClusterRole "discovery" to Group "system:authenticated"',
    );
  });

  it('says which roles are missing', () => {
    const broken = { ...source, clusterRole: () => undefined };
    const user = { name: 'alice', groups: ['system:authenticated'] };
    expect(rbacDecides(broken, { ...question, user })).toEqual({
      allowed: false,
      reason:
        'RBAC: [clusterrole.rbac.authorization.k8s.io "discovery" not found, clusterrole.rbac.authorization.k8s.io "view" not found]',
    });
  });
});
