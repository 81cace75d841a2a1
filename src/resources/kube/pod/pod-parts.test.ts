import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Pod } from '../../../apis/core/v1/types.ts';
import { PODS } from '../../../apis/resource-types.ts';
import type { PatchType } from '../../../client/client.ts';
import { type KubeServer, startKubeServer } from '../testing/kube-server.ts';

const ref = { namespace: 'default', name: 'p' };
const cpu = (requests: string, limits: string) => ({
  resources: { requests: { cpu: requests }, limits: { cpu: limits } },
});
const others = { metadata: { labels: { other: 'yes' } } };
let api: KubeServer;

beforeEach(async () => {
  api = await startKubeServer();
  await api.client.create(PODS, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: ref,
    spec: { containers: [{ name: 'c', image: 'i', ...cpu('1', '2') }] },
  });
});
afterEach(() => api.close());

const STRATEGIC = 'application/strategic-merge-patch+json';

/** change patches the pod by one of its subresources. */
function change(subresource: string, body: object, type: PatchType = STRATEGIC): Promise<Pod> {
  return api.client.patch(PODS, ref, { type, body }, { subresource });
}

describe('pods/ephemeralcontainers', () => {
  const add = (container: object) =>
    change('ephemeralcontainers', { spec: { ephemeralContainers: [container] } });

  it('adds containers, and changes nothing else', async () => {
    const before = await api.client.get(PODS, ref);
    const spec = { hostname: 'other', ephemeralContainers: [{ name: 'd', image: 'e' }] };
    const { metadata, spec: after } = await change('ephemeralcontainers', { ...others, spec });
    expect(metadata.labels).toBeUndefined();
    expect(after).toEqual({ ...before.spec, ephemeralContainers: [expect.anything()] });
    expect(after?.ephemeralContainers).toMatchObject([{ name: 'd', image: 'e' }]);
  });

  it.each<[string, object, string]>([
    ['of the name of another', { name: 'c', image: 'e' }, 'Duplicate value: "c"'],
    ['of nobody', { name: 'n', image: 'e', targetContainerName: 'x' }, 'Not found: "x"'],
    ['that is there already', { name: 'd', image: 'f' }, '"d" may not be changed'],
  ])('takes none %s', async (_what, container, message) => {
    await add({ name: 'd', image: 'e' });
    await expect(add(container)).rejects.toThrow(message);
  });

  it('takes none away', async () => {
    await add({ name: 'd', image: 'e' });
    const patch = [{ op: 'remove', path: '/spec/ephemeralContainers' }];
    await expect(
      change('ephemeralcontainers', patch, 'application/json-patch+json'),
    ).rejects.toThrow('existing ephemeral containers "d" may not be removed');
  });
});

describe('pods/resize', () => {
  const resize = (container: object) =>
    change('resize', { ...others, spec: { hostname: 'other', containers: [container] } });

  it('changes amounts, and nothing else', async () => {
    const before = await api.client.get(PODS, ref);
    const after = await resize({ name: 'c', image: 'other', ...cpu('1500m', '3') });
    const [container] = before.spec?.containers ?? [];
    expect(after.metadata.labels).toBeUndefined();
    expect(after.spec).toEqual({
      ...before.spec,
      containers: [{ ...container, ...cpu('1500m', '3') }],
    });
    expect(after.metadata.generation).toBe(2);
  });

  it.each<[object, string]>([
    [{ name: 'c', ...cpu('5', '2') }, 'must be less than or equal to cpu limit of 2'],
    [{ name: 'z', image: 'i' }, 'containers may not be added or removed on resize'],
    [
      { name: 'c', resources: { limits: { 'example.com/x': '1' } } },
      'only cpu and memory resources are mutable',
    ],
    [{ name: 'c', ...cpu('2', '2'), $patch: 'replace' }, 'Pod QOS Class may not change'],
  ])('%j is refused: %s', async (container, message) => {
    await expect(resize(container)).rejects.toThrow(message);
  });
});
