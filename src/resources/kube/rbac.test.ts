import { afterEach, describe, expect, it } from 'vitest';
import type { PolicyRule } from '../../apis/rbac.authorization.k8s.io/v1/types.ts';
import { CLUSTER_ROLES, ROLE_BINDINGS, ROLES } from '../../apis/resource-types.ts';
import { ruleAllows } from '../../apiserver/access/rbac.ts';
import { startTestApiServer, type TestApiServer } from '../../apiserver/testing/test-api-server.ts';
import { kubeDefinitions } from './index.ts';

const API = 'rbac.authorization.k8s.io/v1';
const GROUP = 'rbac.authorization.k8s.io';
const READ_PODS: PolicyRule = { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] };
const EVERYTHING: PolicyRule = { apiGroups: ['*'], resources: ['*'], verbs: ['*'] };

let server: TestApiServer;

afterEach(() => server.close());

/** Starts a server on which `joe` holds the given rules. */
async function start(held: readonly PolicyRule[]) {
  server = await startTestApiServer((deps) =>
    kubeDefinitions({
      ...deps,
      tokens: { issue: async () => ({ token: '' }) },
      nodes: { connect: async () => undefined },
      authorizer: {
        authorize: ({ subresource, path, ...rest }) => ({
          allowed: held.some((rule) =>
            ruleAllows(rule, { ...rest, subresource, ...(path === undefined ? {} : { path }) }),
          ),
        }),
      },
      heldRules: () => ({ rules: held, errors: [] }),
    }),
  );
  await server.client.create(
    { group: '', version: 'v1', resource: 'namespaces', kind: 'Namespace', namespaced: false },
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } },
  );
  await server.client.create(CLUSTER_ROLES, {
    apiVersion: API,
    kind: 'ClusterRole',
    metadata: { name: 'cluster-admin' },
    rules: [EVERYTHING],
  });
  return server.clientFor({ name: 'joe', groups: ['devs'] });
}

const role = (rules: PolicyRule[]) => ({
  apiVersion: API,
  kind: 'Role',
  metadata: { name: 'r', namespace: 'default' },
  rules,
});

const binding = (name: string) => ({
  apiVersion: API,
  kind: 'RoleBinding',
  metadata: { name: 'b', namespace: 'default' },
  roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name },
  subjects: [{ kind: 'User', name: 'joe' }],
});

describe('escalation', () => {
  it('lets a user pass on what the user has', async () => {
    const joe = await start([READ_PODS]);
    await expect(joe.create(ROLES, role([READ_PODS]))).resolves.toBeDefined();
  });

  it('refuses more, and says what', async () => {
    const joe = await start([READ_PODS]);
    await expect(joe.create(ROLES, role([READ_PODS, EVERYTHING]))).rejects.toMatchObject({
      code: 403,
      message:
        'roles.rbac.authorization.k8s.io "r" is forbidden: user "joe" (groups=["devs"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:["*"], Resources:["*"], Verbs:["*"]}',
    });
    await expect(joe.create(ROLE_BINDINGS, binding('cluster-admin'))).rejects.toMatchObject({
      code: 403,
    });
    await expect(joe.create(ROLE_BINDINGS, binding('nosuch'))).rejects.toMatchObject({
      code: 404,
      message: 'rolebindings.rbac.authorization.k8s.io "nosuch" not found',
    });
  });

  it('lets who may bind or escalate do so', async () => {
    const verbs = ['bind', 'escalate'];
    const joe = await start([{ apiGroups: [GROUP], resources: ['roles', 'clusterroles'], verbs }]);
    await expect(joe.create(ROLE_BINDINGS, binding('cluster-admin'))).resolves.toBeDefined();
    await expect(joe.create(ROLES, role([EVERYTHING]))).resolves.toBeDefined();
  });

  it('keeps the role of a binding', async () => {
    await start([]);
    const made = await server.client.create(ROLE_BINDINGS, binding('cluster-admin'));
    expect(made).toMatchObject({ subjects: [{ apiGroup: GROUP, kind: 'User', name: 'joe' }] });
    const moved = { ...structuredClone(made), roleRef: { ...made.roleRef, name: 'view' } };
    await expect(server.client.update(ROLE_BINDINGS, moved)).rejects.toMatchObject({
      code: 422,
      message: expect.stringContaining('cannot change roleRef'),
    });
  });
});
