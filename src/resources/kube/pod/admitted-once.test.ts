import { afterEach, beforeEach, expect, it } from 'vitest';
import { PODS } from '../../../apis/resource-types.ts';
import { type KubeServer, startKubeServer } from '../testing/kube-server.ts';

let api: KubeServer;
let admitted: string[];
beforeEach(async () => {
  admitted = [];
  const note = {
    validate: (request: { operation: string; type: { resource: string }; subresource: string }) => {
      const { operation, type, subresource } = request;
      admitted.push(`${operation} ${type.resource}/${subresource}`);
    },
  };
  api = await startKubeServer({}, undefined, [note]);
  const metadata = { name: 'p', namespace: 'default', finalizers: ['example.com/stay'] };
  const spec = { containers: [{ name: 'c', image: 'x' }] };
  await api.client.create(PODS, { apiVersion: 'v1', kind: 'Pod', metadata, spec });
  admitted = [];
});
afterEach(() => api.close());

const ref = { namespace: 'default', name: 'p' };
const owners = async () =>
  JSON.stringify((await api.client.get(PODS, ref)).metadata.managedFields ?? []);

it('an eviction is admitted, and not what it writes, which nobody owns', async () => {
  const before = await owners();
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p' } };
  await api.client.post(PODS, ref, 'eviction', body);
  const { metadata, status } = await api.client.get(PODS, ref);
  expect(metadata.deletionTimestamp).toBeDefined();
  expect(status?.conditions).toMatchObject([{ type: 'DisruptionTarget' }]);
  expect(admitted).toEqual(['CREATE pods/eviction']);
  expect(await owners()).toBe(before);
});

it('a binding is admitted, and not what it writes, which nobody owns', async () => {
  const before = await owners();
  const target = { apiVersion: 'v1', kind: 'Node', name: 'n1' };
  const body = { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'p' }, target };
  await api.client.post(PODS, ref, 'binding', body);
  const { spec, status } = await api.client.get(PODS, ref);
  expect(spec?.nodeName).toBe('n1');
  expect(status?.conditions).toMatchObject([{ type: 'PodScheduled', status: 'True' }]);
  expect(admitted).toEqual(['CREATE pods/binding']);
  expect(await owners()).toBe(before);
});
