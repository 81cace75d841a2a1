import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConfigMap, Pod } from '../apis/core/v1/types.ts';
import { CONFIG_MAPS, PODS } from '../apis/resource-types.ts';
import { failureOf } from '../client/testing/failure-of.ts';
import { startTestApiServer, type TestApiServer } from './testing/test-api-server.ts';

const APPLY = 'application/apply-patch+yaml';
const MERGE = 'application/merge-patch+json';
const ref = { namespace: 'ns', name: 'a' };

let api: TestApiServer;

interface ApplyOptions {
  readonly manager?: string;
  readonly force?: boolean;
}

/** apply sends a configuration as `kubectl apply --server-side` does. */
async function apply(
  resource: string,
  config: object,
  options: ApplyOptions = {},
): Promise<object> {
  const query = new URLSearchParams({ fieldManager: options.manager ?? 'one' });
  if (options.force) query.set('force', 'true');
  const response = await api.client.transport.request({
    method: 'PATCH',
    path: `/api/v1/namespaces/ns/${resource}/a`,
    query,
    headers: { 'content-type': APPLY },
    body: config,
  });
  if (response.body.kind !== 'object') throw new Error('not an object');
  return response.body.object as object;
}

const HEAD = { apiVersion: 'v1', kind: 'ConfigMap' };

function configMap(data: Record<string, string>, labels?: Record<string, string>): object {
  const metadata = { name: 'a', ...(labels ? { labels } : {}) };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data };
}

function pod(containers: readonly object[]): object {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { containers } };
}

const containersOf = (object: object) =>
  (object as Pod).spec?.containers.map(({ name, image }) => `${name}=${image}`);

beforeEach(async () => {
  api = await startTestApiServer([
    { type: CONFIG_MAPS, definition: 'io.k8s.api.core.v1.ConfigMap' },
    { type: PODS, definition: 'io.k8s.api.core.v1.Pod' },
  ]);
});

afterEach(() => api.close());

describe('server-side apply', () => {
  it('creates what is missing and notes the owner of every field', async () => {
    const made = (await apply('configmaps', configMap({ k: 'v' }, { app: 'x' }))) as ConfigMap;
    expect(made.metadata.uid).toBeTruthy();
    expect(made.metadata.managedFields).toEqual([
      {
        manager: 'one',
        operation: 'Apply',
        apiVersion: 'v1',
        time: expect.stringMatching(/Z$/),
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:data': { 'f:k': {} }, 'f:metadata': { 'f:labels': { 'f:app': {} } } },
      },
    ]);
  });

  it('does not note who applies nothing that can be owned', async () => {
    const bare = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };
    await apply('configmaps', bare);
    expect((await api.client.get(CONFIG_MAPS, ref)).metadata.managedFields).toBeUndefined();
    await apply('configmaps', configMap({ x: '1' }));
    expect((await api.client.get(CONFIG_MAPS, ref)).metadata.managedFields).toHaveLength(1);
    const left = (await apply('configmaps', bare)) as ConfigMap;
    expect(left.data).toBeUndefined();
    expect(left.metadata.managedFields).toBeUndefined();
  });

  it('changes nothing when applied again', async () => {
    const first = (await apply('configmaps', configMap({ k: 'v' }))) as ConfigMap;
    const again = (await apply('configmaps', configMap({ k: 'v' }))) as ConfigMap;
    expect(again.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
  });

  it('removes fields that are no longer applied, and only those', async () => {
    await apply('configmaps', configMap({ mine: '1', old: '2' }));
    await api.client.patch(CONFIG_MAPS, ref, { type: MERGE, body: { data: { theirs: '3' } } });
    const result = (await apply('configmaps', configMap({ mine: '1' }))) as ConfigMap;
    expect(result.data).toEqual({ mine: '1', theirs: '3' });
  });

  it('refuses to take a field from its owner', async () => {
    await apply('configmaps', configMap({ k: 'v' }));
    const error = await failureOf(apply('configmaps', configMap({ k: 'w' }), { manager: 'two' }));
    expect(error.status).toMatchObject({ code: 409, reason: 'Conflict' });
    expect(error.message).toBe('Apply failed with 1 conflict: conflict with "one": .data.k');
    expect(error.status.details?.causes).toEqual([
      { reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.data.k' },
    ]);
  });

  it('takes the field when forced', async () => {
    await apply('configmaps', configMap({ k: 'v', other: 'o' }));
    const options = { manager: 'two', force: true };
    const taken = (await apply('configmaps', configMap({ k: 'w' }), options)) as ConfigMap;
    expect(taken.data).toEqual({ k: 'w', other: 'o' });
    const owners = taken.metadata.managedFields?.map(({ manager, fieldsV1 }) => [
      manager,
      fieldsV1,
    ]);
    expect(owners).toEqual([
      ['one', { 'f:data': { 'f:other': {} } }],
      ['two', { 'f:data': { 'f:k': {} } }],
    ]);
  });

  it('shares a field that two apply with the same value', async () => {
    await apply('configmaps', configMap({ k: 'v' }));
    await apply('configmaps', configMap({ k: 'v' }), { manager: 'two' });
    const left = (await apply('configmaps', configMap({}))) as ConfigMap;
    expect(left.data).toEqual({ k: 'v' });
  });

  it('names updaters with their version in a conflict', async () => {
    const draft = { ...configMap({ a: '1', b: '2' }), metadata: { name: 'a', namespace: 'ns' } };
    await api.client.create(CONFIG_MAPS, draft as ConfigMap, { fieldManager: 'edit' });
    const error = await failureOf(apply('configmaps', configMap({ a: 'x', b: 'y' })));
    expect(error.message).toBe(
      'Apply failed with 2 conflicts: conflicts with "edit" using v1:\n- .data.a\n- .data.b',
    );
  });

  it('merges lists by key', async () => {
    await apply('pods', pod([{ name: 'c', image: 'c:1' }]));
    await apply('pods', pod([{ name: 'd', image: 'd:1' }]), { manager: 'two' });
    const changed = await apply('pods', pod([{ name: 'c', image: 'c:2' }]));
    expect(containersOf(changed)).toEqual(['c=c:2', 'd=d:1']);
    const conflict = await failureOf(
      apply('pods', pod([{ name: 'c', image: 'c:3' }]), { manager: 'two' }),
    );
    expect(conflict.message).toBe(
      'Apply failed with 1 conflict: conflict with "one": .spec.containers[name="c"].image',
    );
  });

  it('removes a list item that is no longer applied', async () => {
    await apply(
      'pods',
      pod([
        { name: 'c', image: 'c:1' },
        { name: 'd', image: 'd:1' },
      ]),
    );
    const left = await apply('pods', pod([{ name: 'd', image: 'd:1' }]));
    expect(containersOf(left)).toEqual(['d=d:1']);
  });

  it('removes a list item in which somebody else owns no more than a part', async () => {
    await apply('pods', pod([{ name: 'web', image: '1' }, { name: 'side' }]));
    const made = await api.client.get(PODS, ref);
    const containers = made.spec?.containers.map((one) => ({ ...one, workingDir: '/x' })) ?? [];
    await api.client.update(PODS, { ...made, spec: { containers } });
    const left = await apply('pods', pod([{ name: 'web', image: '1' }]));
    expect(containersOf(left)).toEqual(['web=1']);
  });

  it('takes a null for a value that is empty, and for none where there are parts', async () => {
    await apply('configmaps', configMap({ k: 'v' }, { app: 'x' }));
    const config = { metadata: { name: 'a', labels: { app: null, b: null } }, data: null };
    const first = await failureOf(apply('configmaps', { ...HEAD, ...config }, { manager: 'two' }));
    expect(first.message).toBe(
      'Apply failed with 1 conflict: conflict with "one": .metadata.labels.app',
    );
    const options = { manager: 'two', force: true };
    const taken = (await apply('configmaps', { ...HEAD, ...config }, options)) as ConfigMap;
    expect(taken.metadata.labels).toEqual({ app: '', b: '' });
    expect(taken.data).toEqual({ k: 'v' });
  });

  it('finds list items whose key has a default', async () => {
    const port = (extra: object) =>
      pod([{ name: 'c', image: 'c', ports: [{ containerPort: 80, ...extra }] }]);
    await apply('pods', port({ protocol: 'TCP' }));
    const again = (await apply('pods', port({ name: 'http' }))) as Pod;
    expect(again.spec?.containers[0]?.ports).toHaveLength(1);
  });

  it('demands a field manager', async () => {
    const request = api.client.patch(CONFIG_MAPS, ref, { type: APPLY, body: configMap({}) });
    expect((await failureOf(request)).message).toBe(
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    );
  });

  it('refuses fields that the schema does not have', async () => {
    const error = await failureOf(apply('configmaps', { ...configMap({}), foo: 1 }));
    expect(error.message).toBe(
      'failed to create typed patch object (/a; /v1, Kind=ConfigMap): .foo: field not declared in schema',
    );
  });

  it('says what it was that has a value which cannot be read', async () => {
    const limits = { cpu: 'many' };
    const config = pod([{ name: 'c', image: 'x', resources: { limits } }]);
    const { code, message } = await failureOf(apply('pods', config));
    expect(code).toBe(400);
    expect(message).toMatch(
      /^failed to convert new object \(\/a; \/v1, Kind=Pod\) to proper version: unable to convert unstructured object to \/v1, Kind=Pod: quantities must match/,
    );
  });

  it.each([
    ['an empty list', []],
    ['one empty entry', [{}]],
  ])('lets a client write managedFields, and %s resets them', async (_name, managedFields) => {
    await apply('configmaps', configMap({ k: 'v' }));
    const body = { metadata: { managedFields } };
    const reset = await api.client.patch(CONFIG_MAPS, ref, { type: MERGE, body });
    expect(reset.metadata.managedFields).toBeUndefined();
  });

  it('begins to say who owns what with the first apply, not with an update', async () => {
    await apply('configmaps', configMap({ k: 'v' }));
    const patch = (body: object) => api.client.patch(CONFIG_MAPS, ref, { type: MERGE, body });
    const forgotten = await patch({ metadata: { managedFields: [{}] } });
    expect(forgotten.metadata.managedFields).toBeUndefined();
    const updated = await patch({ data: { other: 'o' } });
    expect(updated.metadata.managedFields).toBeUndefined();
    const { message } = await failureOf(apply('configmaps', configMap({ k: 'new' })));
    expect(message).toBe(
      'Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .data.k',
    );
    const forced = (await apply('configmaps', configMap({ k: 'new' }), {
      force: true,
    })) as ConfigMap;
    expect(
      forced.metadata.managedFields?.map(({ manager, fieldsV1 }) => [manager, fieldsV1]),
    ).toEqual([
      ['one', { 'f:data': { 'f:k': {} } }],
      ['before-first-apply', { 'f:data': { '.': {}, 'f:other': {} } }],
    ]);
  });

  it('notes an update under its manager and takes changed fields from others', async () => {
    await apply('configmaps', configMap({ k: 'v' }));
    const options = { fieldManager: 'edit' };
    const patch = { type: MERGE, body: { data: { k: 'w' } } } as const;
    const changed = await api.client.patch(CONFIG_MAPS, ref, patch, options);
    const owners = changed.metadata.managedFields?.map((one) => [one.manager, one.operation]);
    expect(owners).toEqual([['edit', 'Update']]);
  });

  it('refuses two items with one key', async () => {
    const twice = pod([
      { name: 'c', image: 'a' },
      { name: 'c', image: 'b' },
    ]);
    const error = await failureOf(apply('pods', twice));
    expect(error.message).toBe(
      'failed to create typed patch object (/a; /v1, Kind=Pod): .spec.containers: duplicate entries for key [name="c"]',
    );
  });

  it('demands the name in the configuration', async () => {
    const error = await failureOf(apply('configmaps', { apiVersion: 'v1', kind: 'ConfigMap' }));
    expect(error.message).toBe(
      'the name of the object (a based on URL) was undeterminable: name must be provided',
    );
  });

  it('notes no time for an apply that changes nothing', async () => {
    await apply('configmaps', configMap({ k: '1' }), { manager: 'one' });
    const object = (await apply('configmaps', configMap({ k: '1' }), {
      manager: 'two',
    })) as ConfigMap;
    const times = object.metadata.managedFields?.map(({ manager, time }) => [manager, !!time]);
    expect(times).toEqual([
      ['two', false],
      ['one', true],
    ]);
  });

  it('lets kubectl, and nobody else, take what its last client-side apply named', async () => {
    const key = 'kubectl.kubernetes.io/last-applied-configuration';
    const applied = configMap({ k: '1' }) as ConfigMap;
    const annotations = { [key]: JSON.stringify(applied) };
    await api.client.create(CONFIG_MAPS, {
      ...applied,
      metadata: { name: 'a', namespace: 'ns', annotations },
    });
    const wanted = configMap({ k: '2' });
    const refused = await failureOf(apply('configmaps', wanted, { manager: 'other' }));
    expect(refused.reason).toBe('Conflict');
    const object = (await apply('configmaps', wanted, { manager: 'kubectl' })) as ConfigMap;
    expect(object.data).toEqual({ k: '2' });
    expect(object.metadata.annotations?.[key]).toBe(
      '{"apiVersion":"v1","data":{"k":"2"},"kind":"ConfigMap","metadata":{"name":"a"}}\n',
    );
  });
});
