import { expect, it } from 'vitest';
import { newServiceUnavailable } from '../machinery/status-error.ts';
import { discover } from './discovery.ts';
import type { ApiRequest } from './transport.ts';

const verbs = ['get', 'list'];
const ANSWERS: Readonly<Record<string, object>> = {
  '/apis': {
    groups: [
      {
        name: 'apps',
        versions: [{ groupVersion: 'apps/v1', version: 'v1' }],
        preferredVersion: { groupVersion: 'apps/v1', version: 'v1' },
      },
      { name: 'away.io', versions: [{ groupVersion: 'away.io/v1', version: 'v1' }] },
    ],
  },
  '/api/v1': {
    resources: [
      { name: 'pods', kind: 'Pod', namespaced: true, singularName: '', shortNames: ['po'], verbs },
      { name: 'pods/log', kind: 'Pod', namespaced: true, singularName: '', verbs },
    ],
  },
  '/apis/apps/v1': {
    resources: [
      {
        name: 'deployments',
        kind: 'Deployment',
        namespaced: true,
        singularName: 'deployment',
        verbs,
      },
    ],
  },
};

it('reads all groups, without subresources, and names those that are away', async () => {
  const request = async ({ path }: ApiRequest) => {
    const object = ANSWERS[path];
    if (!object) throw newServiceUnavailable('the server is away');
    return { status: 200, body: { kind: 'object', object } as const };
  };
  const upgrade = () => Promise.reject(new Error('not used'));
  const { resources, failures } = await discover({ request, upgrade });
  expect(
    resources.map(({ type, singular }) => `${type.group}/${type.resource} ${singular}`),
  ).toEqual(['/pods pod', 'apps/deployments deployment']);
  expect(resources[0]).toMatchObject({ shortNames: ['po'], verbs });
  expect([...failures.keys()]).toEqual(['away.io/v1']);
});
