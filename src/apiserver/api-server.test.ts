import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConfigMap } from '../apis/core/v1/types.ts';
import { CONFIG_MAPS, NAMESPACES } from '../apis/resource-types.ts';
import { failureOf } from '../client/testing/failure-of.ts';
import type { KubeObject, ResourceType, WatchEvent } from '../machinery/object.ts';
import type { ResourceDefinition } from './resource-definition.ts';
import { startTestApiServer, type TestApiServer } from './testing/test-api-server.ts';

const definitions: ResourceDefinition[] = [
  { type: CONFIG_MAPS, definition: 'io.k8s.api.core.v1.ConfigMap', shortNames: ['cm'] },
  {
    type: NAMESPACES,
    definition: 'io.k8s.api.core.v1.Namespace',
    strategy: { hasStatus: true, nameRule: 'label' },
  },
];

let api: TestApiServer;

function configMap(name: string, data: Record<string, string> = {}, labels = {}): ConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'ns', labels },
    data,
  };
}

async function take(events: AsyncIterable<WatchEvent<KubeObject>>, count: number) {
  const seen: string[] = [];
  for await (const event of events) {
    seen.push(`${event.type} ${event.object.metadata.name ?? ''}`.trim());
    if (seen.length === count) break;
  }
  return seen;
}

beforeEach(async () => {
  api = await startTestApiServer(definitions);
  await api.client.create(NAMESPACES, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'ns' },
  });
});

afterEach(() => api.close());

it('tells clients of this process that a kind is not there, as those over HTTP are told', async () => {
  const names = { group: 'gone.example.com', version: 'v1', resource: 'things', kind: 'Thing' };
  const type: ResourceType<KubeObject> = { ...names, namespaced: false };
  const refused = { code: 404, message: 'the server could not find the requested resource' };
  expect(await failureOf(api.client.list(type))).toMatchObject(refused);
  expect(await failureOf(api.client.watch(type))).toMatchObject(refused);
});

describe('create', () => {
  it('fills in what the server decides', async () => {
    const made = await api.client.create(CONFIG_MAPS, configMap('a', { key: 'value' }));
    expect(made.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(made.metadata.creationTimestamp).toMatch(/Z$/);
    expect(Number(made.metadata.resourceVersion)).toBeGreaterThan(0);
    expect(made.data).toEqual({ key: 'value' });
    expect(await api.client.get(CONFIG_MAPS, { namespace: 'ns', name: 'a' })).toEqual(made);
  });

  it('answers objects that are frozen', async () => {
    const made = await api.client.create(CONFIG_MAPS, configMap('a', { key: 'value' }));
    expect(Object.isFrozen(made.data)).toBe(true);
  });

  it('refuses a second object of the same name', async () => {
    await api.client.create(CONFIG_MAPS, configMap('a'));
    const error = await failureOf(api.client.create(CONFIG_MAPS, configMap('a')));
    expect(error.status).toMatchObject({ code: 409, reason: 'AlreadyExists' });
    expect(error.message).toBe('configmaps "a" already exists');
  });

  it('generates names from a base', async () => {
    const draft = configMap('');
    draft.metadata = { namespace: 'ns', generateName: 'web-' };
    const made = await api.client.create(CONFIG_MAPS, draft);
    expect(made.metadata.name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  });

  it('refuses to create in a namespace that does not exist', async () => {
    const draft = configMap('a');
    draft.metadata.namespace = 'nowhere';
    const error = await failureOf(api.client.create(CONFIG_MAPS, draft));
    expect(error.message).toBe('namespaces "nowhere" not found');
  });

  it('words a bad name as Kubernetes does', async () => {
    const error = await failureOf(api.client.create(CONFIG_MAPS, configMap('Bad_Name')));
    expect(error.status.code).toBe(422);
    expect(error.message).toContain(
      'ConfigMap "Bad_Name" is invalid: metadata.name: Invalid value',
    );
  });

  it('stores nothing on a dry run', async () => {
    await api.client.create(CONFIG_MAPS, configMap('a'), { dryRun: true });
    const error = await failureOf(api.client.get(CONFIG_MAPS, { namespace: 'ns', name: 'a' }));
    expect(error.message).toBe('configmaps "a" not found');
  });

  it('refuses unknown fields when asked to be strict', async () => {
    const draft = { ...configMap('a'), dta: {} };
    const error = await failureOf(
      api.client.create(CONFIG_MAPS, draft, { fieldValidation: 'Strict' }),
    );
    expect(error.message).toBe(
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "dta"',
    );
  });
});

describe('update', () => {
  it('refuses a version that is not the newest', async () => {
    const first = await api.client.create(CONFIG_MAPS, configMap('a'));
    await api.client.update(CONFIG_MAPS, { ...first, data: { a: '1' } });
    const error = await failureOf(api.client.update(CONFIG_MAPS, { ...first, data: { a: '2' } }));
    expect(error.message).toBe(
      'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
    );
  });

  it('does not write what does not change anything', async () => {
    const first = await api.client.create(CONFIG_MAPS, configMap('a', { b: '1', a: '2' }));
    const same = await api.client.update(CONFIG_MAPS, { ...first, data: { a: '2', b: '1' } });
    expect(same.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
  });

  it('keeps the status of an update of the object itself', async () => {
    const namespace = await api.client.get(NAMESPACES, { name: 'ns' });
    const changed = await api.client.update(NAMESPACES, {
      ...namespace,
      metadata: { ...namespace.metadata, labels: { a: 'b' } },
      status: { phase: 'Terminating' },
    });
    expect(changed.status).toEqual({});
    expect(changed.metadata.labels).toEqual({ a: 'b' });
  });

  it.each([
    ['application/merge-patch+json', { data: { b: '2' } }],
    ['application/strategic-merge-patch+json', { data: { b: '2' } }],
    ['application/json-patch+json', [{ op: 'add', path: '/data/b', value: '2' }]],
  ] as const)('applies %s', async (type, body) => {
    await api.client.create(CONFIG_MAPS, configMap('a', { a: '1' }));
    const ref = { namespace: 'ns', name: 'a' };
    const patched = await api.client.patch(CONFIG_MAPS, ref, { type, body });
    expect(patched.data).toEqual({ a: '1', b: '2' });
  });

  it('lets concurrent patches all through', async () => {
    await api.client.create(CONFIG_MAPS, configMap('a'));
    const ref = { namespace: 'ns', name: 'a' };
    const type = 'application/merge-patch+json';
    const keys = Array.from({ length: 10 }, (_, index) => `k${index}`);
    await Promise.all(
      keys.map((key) =>
        api.client.patch(CONFIG_MAPS, ref, { type, body: { data: { [key]: 'x' } } }),
      ),
    );
    const { data } = await api.client.get(CONFIG_MAPS, ref);
    expect(Object.keys(data ?? {}).sort()).toEqual(keys);
  });
});

describe('delete', () => {
  const ref = { namespace: 'ns', name: 'a' };

  it('removes the object', async () => {
    await api.client.create(CONFIG_MAPS, configMap('a'));
    await api.client.delete(CONFIG_MAPS, ref);
    expect((await failureOf(api.client.delete(CONFIG_MAPS, ref))).code).toBe(404);
  });

  it('waits for finalizers and goes with the last one', async () => {
    const draft = configMap('a');
    draft.metadata.finalizers = ['example.com/hold'];
    await api.client.create(CONFIG_MAPS, draft);
    await api.client.delete(CONFIG_MAPS, ref);
    const held = await api.client.get(CONFIG_MAPS, ref);
    expect(held.metadata.deletionTimestamp).toBeDefined();
    const body = { metadata: { finalizers: null } };
    await api.client.patch(CONFIG_MAPS, ref, { type: 'application/merge-patch+json', body });
    expect((await failureOf(api.client.get(CONFIG_MAPS, ref))).code).toBe(404);
  });

  it('honours a uid precondition', async () => {
    await api.client.create(CONFIG_MAPS, configMap('a'));
    const error = await failureOf(
      api.client.delete(CONFIG_MAPS, ref, { preconditions: { uid: 'other' } }),
    );
    expect(error.message).toContain('the UID in the precondition (other) does not match the UID');
  });

  it('refuses new objects in a namespace that is going', async () => {
    const body = { metadata: { finalizers: ['example.com/hold'] } };
    const type = 'application/merge-patch+json';
    await api.client.patch(NAMESPACES, { name: 'ns' }, { type, body });
    await api.client.delete(NAMESPACES, { name: 'ns' });
    const error = await failureOf(api.client.create(CONFIG_MAPS, configMap('a')));
    expect(error.message).toBe(
      'configmaps "a" is forbidden: unable to create new content in namespace ns because it is being terminated',
    );
    expect(error.status.details?.causes).toEqual([
      {
        reason: 'NamespaceTerminating',
        message: 'namespace ns is being terminated',
        field: 'metadata.namespace',
      },
    ]);
  });
});

describe('list', () => {
  beforeEach(async () => {
    for (const name of ['c', 'a', 'b']) {
      await api.client.create(CONFIG_MAPS, configMap(name, {}, { app: name }));
    }
  });
  const names = (list: { items: readonly KubeObject[] }) =>
    list.items.map((one) => one.metadata.name);

  it('orders by name and selects by label and field', async () => {
    expect(names(await api.client.list(CONFIG_MAPS, { namespace: 'ns' }))).toEqual(['a', 'b', 'c']);
    expect(names(await api.client.list(CONFIG_MAPS, { labelSelector: 'app in (a,c)' }))).toEqual([
      'a',
      'c',
    ]);
    const byField = await api.client.list(CONFIG_MAPS, { fieldSelector: 'metadata.name=b' });
    expect(names(byField)).toEqual(['b']);
  });

  it('pages through one snapshot', async () => {
    const first = await api.client.list(CONFIG_MAPS, { namespace: 'ns', limit: 2 });
    expect(names(first)).toEqual(['a', 'b']);
    expect(first.metadata.remainingItemCount).toBe(1);
    await api.client.create(CONFIG_MAPS, configMap('d'));
    const token = first.metadata.continue ?? '';
    const second = await api.client.list(CONFIG_MAPS, {
      namespace: 'ns',
      limit: 2,
      continue: token,
    });
    expect(names(second)).toEqual(['c']);
    expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
  });

  it('answers 410 with a token to go on when the snapshot is gone', async () => {
    const first = await api.client.list(CONFIG_MAPS, { namespace: 'ns', limit: 1 });
    await api.client.create(CONFIG_MAPS, configMap('d'));
    await api.store.compact(await api.store.currentRevision());
    const token = first.metadata.continue ?? '';
    const error = await failureOf(
      api.client.list(CONFIG_MAPS, { namespace: 'ns', continue: token }),
    );
    expect(error.status).toMatchObject({ code: 410, reason: 'Expired' });
    const rest = error.status.metadata.continue ?? '';
    const last = await api.client.list(CONFIG_MAPS, { namespace: 'ns', continue: rest });
    expect(names(last)).toEqual(['b', 'c', 'd']);
  });
});

describe('watch', () => {
  it('begins with the state of now and goes on', async () => {
    await api.client.create(CONFIG_MAPS, configMap('a'));
    const events = await api.client.watch(CONFIG_MAPS, { namespace: 'ns' });
    await api.client.create(CONFIG_MAPS, configMap('b'));
    await api.client.delete(CONFIG_MAPS, { namespace: 'ns', name: 'a' });
    expect(await take(events, 3)).toEqual(['ADDED a', 'ADDED b', 'DELETED a']);
  });

  it('begins after a version', async () => {
    const first = await api.client.create(CONFIG_MAPS, configMap('a'));
    await api.client.create(CONFIG_MAPS, configMap('b'));
    const resourceVersion = first.metadata.resourceVersion ?? '';
    const events = await api.client.watch(CONFIG_MAPS, { namespace: 'ns', resourceVersion });
    expect(await take(events, 1)).toEqual(['ADDED b']);
  });

  it('shows objects that come into and leave a selection as added and deleted', async () => {
    await api.client.create(CONFIG_MAPS, configMap('a'));
    const events = await api.client.watch(CONFIG_MAPS, { labelSelector: 'app=x' });
    const ref = { namespace: 'ns', name: 'a' };
    const type = 'application/merge-patch+json';
    for (const app of ['x', null]) {
      await api.client.patch(CONFIG_MAPS, ref, { type, body: { metadata: { labels: { app } } } });
    }
    expect(await take(events, 2)).toEqual(['ADDED a', 'DELETED a']);
  });

  it('answers a version that is too old with an ERROR event', async () => {
    const again = await startTestApiServer(definitions, { store: api.store });
    await again.client.create(CONFIG_MAPS, configMap('a'));
    const events = await again.client.watch(CONFIG_MAPS, { resourceVersion: '1' });
    await again.server.close();
    const later = await startTestApiServer(definitions, { store: api.store });
    const old = await later.client.watch(CONFIG_MAPS, { resourceVersion: '1' });
    for await (const event of old) {
      expect(event.type).toBe('ERROR');
      expect(event.object).toMatchObject({ code: 410, reason: 'Expired' });
    }
    await later.server.close();
    expect(await take(events, 1)).toEqual(['ADDED a']);
  });
});
