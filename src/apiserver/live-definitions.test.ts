import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newOpenApi } from '../apis/openapi/openapi.ts';
import { CONFIG_MAPS, ROLES, SECRETS } from '../apis/resource-types.ts';
import type { APIGroupList, APIResourceList } from '../machinery/meta/v1.ts';
import type { KubeObject } from '../machinery/object.ts';
import type { ResourceDefinition } from './resource-definition.ts';
import { startTestApiServer, type TestApiServer } from './testing/test-api-server.ts';

const configMaps: ResourceDefinition = {
  type: CONFIG_MAPS,
  definition: 'io.k8s.api.core.v1.ConfigMap',
};
const secrets: ResourceDefinition = { type: SECRETS, definition: 'io.k8s.api.core.v1.Secret' };
const roles: ResourceDefinition = { type: ROLES, definition: 'io.k8s.api.rbac.v1.Role' };
const secret = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: 'ns' },
});

let api: TestApiServer;
beforeEach(async () => {
  const openapi = newOpenApi(() => api.server.definitions(), { version: 'v1' });
  api = await startTestApiServer([configMaps], { openapi });
});
afterEach(() => api.close());

async function get<T>(path: string): Promise<T> {
  const { body } = await api.client.transport.request({ method: 'GET', path });
  if (body.kind === 'bytes') {
    const chunks: Uint8Array[] = [];
    for await (const chunk of body.bytes) chunks.push(chunk);
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as T;
  }
  return (body as { object: unknown }).object as T;
}

const names = async () =>
  (await get<APIResourceList>('/api/v1')).resources.map((one) => one.name).sort();
const groups = async () => (await get<APIGroupList>('/apis')).groups.map((one) => one.name);

describe('definitions that come and go', () => {
  it('are served, discovered and described as soon as they are there', async () => {
    expect(await names()).toEqual(['configmaps']);
    const before = await get<{ paths: object }>('/openapi/v2');
    await api.server.replaceDefinitions('more', [secrets, roles]);
    expect(await names()).toEqual(['configmaps', 'secrets']);
    expect(await groups()).toEqual(['rbac.authorization.k8s.io']);
    const after = await get<{ paths: Record<string, unknown> }>('/openapi/v2');
    expect(Object.keys(after.paths).length).toBeGreaterThan(Object.keys(before.paths).length);
    const index = await get<{ paths: object }>('/openapi/v3');
    expect(Object.keys(index.paths)).toContain('apis/rbac.authorization.k8s.io/v1');
    await api.client.create(SECRETS, secret('a'));
    expect((await api.client.list(SECRETS, {})).items).toHaveLength(1);
  });

  it('have one cache for all their versions, in the form that is stored', async () => {
    const older = { ...SECRETS, version: 'v1beta1' };
    const inVersion = (apiVersion: string) => (objects: readonly KubeObject[]) =>
      objects.map((one) => ({ ...one, apiVersion }));
    await api.server.replaceDefinitions('more', [
      secrets,
      {
        type: older,
        definition: secrets.definition,
        storedAs: { type: SECRETS, toStored: inVersion('v1'), fromStored: inVersion('v1beta1') },
      },
    ]);
    await api.client.create(older, { ...secret('a'), apiVersion: 'v1beta1' });
    expect(api.server.cache.get(SECRETS, 'ns', 'a')?.apiVersion).toBe('v1');
    const ref = { namespace: 'ns', name: 'a' };
    expect((await api.client.get(older, ref)).apiVersion).toBe('v1beta1');
    const { items } = await api.client.list(SECRETS, { namespace: 'ns' });
    expect(items.map((one) => one.metadata.name)).toEqual(['a']);
  });

  it('go with their watches, and find their objects when they are back', async () => {
    await api.server.replaceDefinitions('more', [secrets]);
    await api.client.create(SECRETS, secret('a'));
    const watched: string[] = [];
    const watching = (async () => {
      const options = { namespace: 'ns', resourceVersion: '' };
      for await (const event of await api.client.watch<KubeObject>(SECRETS, options))
        watched.push(event.type);
    })();
    await expect.poll(() => watched).toEqual(['ADDED']);
    await api.server.replaceDefinitions('more', []);
    await watching;
    expect(await names()).toEqual(['configmaps']);
    await expect(api.client.list(SECRETS, {})).rejects.toMatchObject({ code: 404 });
    await api.server.replaceDefinitions('more', [secrets]);
    const found = await api.client.list(SECRETS, {});
    expect(found.items.map((one) => one.metadata.name)).toEqual(['a']);
  });

  it('miss no write that happens while they are loaded', async () => {
    const other = await startTestApiServer([secrets], { store: api.store });
    const writing = Array.from({ length: 50 }, (_, index) =>
      other.client.create(SECRETS, secret(`s${index}`)),
    );
    const adding = api.server.replaceDefinitions('more', [secrets]);
    await Promise.all([...writing, adding]);
    await expect.poll(async () => (await api.client.list(SECRETS, {})).items.length).toBe(50);
    await other.server.close();
  });

  it('may not take the place of what others serve', async () => {
    await expect(api.server.replaceDefinitions('more', [configMaps])).rejects.toThrow(
      'two definitions of /v1/configmaps',
    );
    expect(await names()).toEqual(['configmaps']);
  });
});
