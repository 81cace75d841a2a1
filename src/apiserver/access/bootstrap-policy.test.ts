import { expect, it } from 'vitest';
import { CLUSTER_ROLES } from '../../apis/resource-types.ts';
import { newFakeClient } from '../../client/fake/fake-client.ts';
import { ensureBootstrapPolicy } from './bootstrap-policy.ts';

const OWN = { verbs: ['get'], apiGroups: ['example.com'], resources: ['things'] };
const AUTO_UPDATE = 'rbac.authorization.kubernetes.io/autoupdate';

async function secondStart(autoUpdate: string) {
  const client = newFakeClient();
  await ensureBootstrapPolicy(client);
  const edit = await client.get(CLUSTER_ROLES, { name: 'edit' });
  const complete = edit.rules ?? [];
  await client.update(CLUSTER_ROLES, {
    ...edit,
    metadata: { ...edit.metadata, annotations: { [AUTO_UPDATE]: autoUpdate } },
    rules: [OWN],
  });
  await ensureBootstrapPolicy(client);
  const after = (await client.get(CLUSTER_ROLES, { name: 'edit' })).rules ?? [];
  await ensureBootstrapPolicy(client);
  expect((await client.get(CLUSTER_ROLES, { name: 'edit' })).rules).toEqual(after);
  return { after, complete };
}

it('adds the rules that a role lacks and keeps those that were added', async () => {
  const { after, complete } = await secondStart('true');
  expect(after).toEqual([OWN, ...complete]);
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
