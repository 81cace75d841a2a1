import { expect, it } from 'vitest';
import { CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES } from '../../apis/resource-types.ts';
import { newFakeClient } from '../../client/fake/fake-client.ts';
import { ensureBootstrapPolicy } from './reconcile-policy.ts';
import { uncovered } from './rule-coverage.ts';

const OWN = { verbs: ['get'], apiGroups: ['example.com'], resources: ['things'] };
const AUTO_UPDATE = 'rbac.authorization.kubernetes.io/autoupdate';

async function secondStart(autoUpdate: string) {
  const client = newFakeClient();
  await ensureBootstrapPolicy(client);
  const role = await client.get(CLUSTER_ROLES, { name: 'system:image-builder' });
  const complete = role.rules ?? [];
  await client.update(CLUSTER_ROLES, {
    ...role,
    metadata: { ...role.metadata, annotations: { [AUTO_UPDATE]: autoUpdate } },
    rules: [OWN],
  });
  await ensureBootstrapPolicy(client);
  const after = (await client.get(CLUSTER_ROLES, { name: 'system:image-builder' })).rules ?? [];
  await ensureBootstrapPolicy(client);
  const third = await client.get(CLUSTER_ROLES, { name: 'system:image-builder' });
  expect(third.rules).toEqual(after);
  return { after, complete };
}

it('adds the rules that a role lacks and keeps those that were added', async () => {
  const { after, complete } = await secondStart('true');
  expect(after[0]).toEqual(OWN);
  expect(uncovered(after, complete)).toEqual([]);
});

it('completes the roles that aggregate others before any controller runs', async () => {
  const client = newFakeClient();
  await ensureBootstrapPolicy(client);
  const rules = async (name: string) => (await client.get(CLUSTER_ROLES, { name })).rules ?? [];
  const admin = await rules('admin');
  for (const part of ['edit', 'view', 'registry-admin', 'system:openshift:aggregate-to-admin'])
    expect(uncovered(admin, await rules(part))).toEqual([]);
  expect(uncovered(await rules('view'), admin)).not.toEqual([]);
});

it('binds every controller to its role, and what an administrator bound stays bound', async () => {
  const client = newFakeClient();
  await ensureBootstrapPolicy(client);
  const name = 'system:controller:job-controller';
  const binding = await client.get(CLUSTER_ROLE_BINDINGS, { name });
  expect(binding.subjects).toEqual([
    { kind: 'ServiceAccount', name: 'job-controller', namespace: 'kube-system' },
  ]);
  const own = { kind: 'ServiceAccount', name: 'mine', namespace: 'default' };
  await client.update(CLUSTER_ROLE_BINDINGS, { ...binding, subjects: [own] });
  await ensureBootstrapPolicy(client);
  const after = await client.get(CLUSTER_ROLE_BINDINGS, { name });
  expect(after.subjects).toEqual([own, ...(binding.subjects ?? [])]);
});

it('makes a binding anew whose role is another one', async () => {
  const client = newFakeClient();
  await ensureBootstrapPolicy(client);
  const binding = await client.get(CLUSTER_ROLE_BINDINGS, { name: 'basic-users' });
  const roleRef = { ...binding.roleRef, name: 'cluster-admin' };
  await client.update(CLUSTER_ROLE_BINDINGS, { ...binding, roleRef });
  await ensureBootstrapPolicy(client);
  const after = await client.get(CLUSTER_ROLE_BINDINGS, { name: 'basic-users' });
  expect(after.roleRef).toEqual(binding.roleRef);
});

it('leaves a role alone whose annotation says so', async () => {
  expect((await secondStart('false')).after).toEqual([OWN]);
});

it('lets editors change deployments and viewers read them', async () => {
  const client = newFakeClient();
  await ensureBootstrapPolicy(client);
  const rulesOf = async (name: string) =>
    ((await client.get(CLUSTER_ROLES, { name })).rules ?? []).filter(({ apiGroups }) =>
      apiGroups?.includes('apps'),
    );
  const edit = await rulesOf('edit');
  expect(edit.some(({ verbs }) => verbs.includes('patch'))).toBe(true);
  const view = await rulesOf('view');
  expect(view.length).toBeGreaterThan(0);
  expect(view.flatMap(({ verbs }) => verbs)).not.toContain('patch');
});
