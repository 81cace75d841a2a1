import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HorizontalPodAutoscaler as V1 } from '../apis/autoscaling/v1/types.ts';
import type { HorizontalPodAutoscaler as V2 } from '../apis/autoscaling/v2/types.ts';
import type { KubeObject, ResourceType } from '../machinery/object.ts';
import type { ResourceDefinition } from './resource-definition.ts';
import { startTestApiServer, type TestApiServer } from './testing/test-api-server.ts';

const names = {
  group: 'autoscaling',
  resource: 'horizontalpodautoscalers',
  kind: 'HorizontalPodAutoscaler',
  namespaced: true,
};
const OLD: ResourceType<V1> = { ...names, version: 'v1' };
const NEW: ResourceType<V2> = { ...names, version: 'v2' };
const target = { type: 'Utilization', averageUtilization: 70 };
const metrics = [{ type: 'Resource', resource: { name: 'cpu', target } }];
const web = { namespace: 'ns', name: 'web' };

function toV2({ spec, ...rest }: V1): V2 {
  const { targetCPUUtilizationPercentage: percent, ...same } = spec;
  const target = { type: 'Utilization', averageUtilization: percent ?? 80 };
  const metrics = [{ type: 'Resource', resource: { name: 'cpu', target } }];
  return { ...rest, apiVersion: 'autoscaling/v2', spec: { ...same, metrics } } as V2;
}

const UNCONVERTIBLE = 'unconvertible';

function toV1({ spec, ...rest }: V2): V1 {
  if (rest.metadata.name === UNCONVERTIBLE) throw new Error('there is no such thing in v1');
  const { metrics = [], ...same } = spec;
  const percent = metrics[0]?.resource?.target.averageUtilization;
  const target = percent === undefined ? {} : { targetCPUUtilizationPercentage: percent };
  return { ...rest, apiVersion: 'autoscaling/v1', spec: { ...same, ...target } } as V1;
}

let conversions: string[];

/** Every second conversion is slower, so that one that does not wait for its turn is seen. */
async function slowly<T>(what: string, objects: readonly KubeObject[], convert: () => T) {
  conversions.push(`${what} ${objects.length}`);
  if (conversions.length % 2 === 0) await new Promise((done) => setTimeout(done, 5));
  return convert();
}

const newDefinition: ResourceDefinition<V2> = {
  type: NEW,
  definition: 'io.k8s.api.autoscaling.v2.HorizontalPodAutoscaler',
  strategy: { hasStatus: true, selectableFields: (one) => ({ size: `${one.spec?.maxReplicas}` }) },
};

const oldDefinition: ResourceDefinition<V1> = {
  type: OLD,
  definition: 'io.k8s.api.autoscaling.v1.HorizontalPodAutoscaler',
  strategy: { hasStatus: true },
  storedAs: {
    type: NEW,
    toStored: (all) => slowly('to', all, () => all.map((one) => toV2(one as V1))),
    fromStored: (all) => slowly('from', all, () => all.map((one) => toV1(one as V2))),
    selectableField: (name) => (name === 'most' ? 'size' : undefined),
  },
};

function oldObject(name: string, maxReplicas = 3): V1 {
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name, namespace: 'ns' },
    spec: {
      maxReplicas,
      scaleTargetRef: { kind: 'Deployment', name: 'web', apiVersion: 'apps/v1' },
      targetCPUUtilizationPercentage: 50,
    },
  };
}

let api: TestApiServer;

/** patch changes the object through the newer version, as the manager `two`. */
function patch(type: string, body: object) {
  return api.client.transport.request({
    method: 'PATCH',
    path: '/apis/autoscaling/v2/namespaces/ns/horizontalpodautoscalers/web',
    query: new URLSearchParams({ fieldManager: 'two' }),
    headers: { 'content-type': type },
    body,
  });
}

beforeEach(async () => {
  conversions = [];
  api = await startTestApiServer([newDefinition, oldDefinition]);
});

afterEach(() => api.close());

describe('a resource in several versions', () => {
  it('is one object under all of them', async () => {
    const created = await api.client.create(OLD, oldObject('web'));
    expect(created.apiVersion).toBe('autoscaling/v1');
    const newer = await api.client.get(NEW, web);
    expect(newer.spec.metrics?.[0]?.resource?.target.averageUtilization).toBe(50);
    expect(newer.metadata.uid).toBe(created.metadata.uid);
    const changed = await api.client.update(NEW, {
      ...newer,
      spec: { ...newer.spec, metrics: [] },
    });
    const older = await api.client.get(OLD, web);
    expect(older.spec.targetCPUUtilizationPercentage).toBeUndefined();
    expect(older.metadata.resourceVersion).toBe(changed.metadata.resourceVersion);
  });

  it('keeps who owns which fields in the version in which they were written', async () => {
    await api.client.create(OLD, oldObject('web'), { fieldManager: 'one' });
    await patch('application/merge-patch+json', { spec: { metrics } });
    const { managedFields = [] } = (await api.client.get(OLD, web)).metadata;
    const rest = { 'f:maxReplicas': {}, 'f:scaleTargetRef': {} };
    expect(managedFields.map((one) => [one.manager, one.apiVersion, one.fieldsV1])).toEqual([
      ['one', 'autoscaling/v1', { 'f:spec': rest }],
      ['two', 'autoscaling/v2', { 'f:spec': { 'f:metrics': {} } }],
    ]);
  });

  it('refuses an apply that takes a field of another version from its owner', async () => {
    await api.client.create(OLD, oldObject('web'), { fieldManager: 'one' });
    const { kind } = names;
    const metadata = { name: 'web' };
    const config = { apiVersion: 'autoscaling/v2', kind, metadata, spec: { metrics } };
    await expect(patch('application/apply-patch+yaml', config)).rejects.toThrow(
      'conflict with "one" using autoscaling/v1: .spec.targetCPUUtilizationPercentage',
    );
  });

  it('converts a list in one batch, and what it has converted not again', async () => {
    for (const name of ['a', 'b', 'c']) await api.client.create(NEW, toV2(oldObject(name)));
    const list = await api.client.list(OLD, { namespace: 'ns' });
    expect(list.items.map((one) => one.apiVersion)).toEqual(Array(3).fill('autoscaling/v1'));
    await api.client.list(OLD, { namespace: 'ns' });
    expect(conversions).toEqual(['from 3']);
  });

  it('watches in order, however long conversions take', async () => {
    const stop = new AbortController();
    const events = await api.client.watch(OLD, { namespace: 'ns', signal: stop.signal });
    for (const name of ['a', 'b', 'c', 'd']) await api.client.create(NEW, toV2(oldObject(name)));
    await api.client.delete(NEW, { namespace: 'ns', name: 'b' });
    const seen: string[] = [];
    for await (const { type, object } of events) {
      seen.push(`${type} ${object.metadata.name} ${object.apiVersion}`);
      if (seen.length === 5) break;
    }
    stop.abort();
    const added = ['a', 'b', 'c', 'd'].map((name) => `ADDED ${name} autoscaling/v1`);
    expect(seen).toEqual([...added, 'DELETED b autoscaling/v1']);
  });

  it('ends a watch with what it cannot convert', async () => {
    const events = await api.client.watch(OLD, { namespace: 'ns' });
    await api.client.create(NEW, toV2(oldObject('good')));
    await api.client.create(NEW, toV2(oldObject(UNCONVERTIBLE)));
    const seen: string[] = [];
    for await (const { type, object } of events) seen.push(`${type} ${object.metadata.name}`);
    expect(seen).toEqual(['ADDED good']);
  });

  it('selects by the names that a version gives to fields', async () => {
    await api.client.create(OLD, oldObject('small', 2));
    await api.client.create(OLD, oldObject('large', 9));
    const options = { namespace: 'ns', fieldSelector: 'most=9' };
    const { items } = await api.client.list(OLD, options);
    expect(items.map((one) => one.metadata.name)).toEqual(['large']);
    await expect(api.client.list(OLD, { ...options, fieldSelector: 'size=9' })).rejects.toThrow(
      'field label not supported: size',
    );
  });

  it('deletes through any version', async () => {
    await api.client.create(OLD, oldObject('web'));
    await api.client.delete(OLD, web);
    await expect(api.client.get(NEW, web)).rejects.toThrow('not found');
  });
});
