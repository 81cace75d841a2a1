import { afterEach, beforeEach, expect, it } from 'vitest';
import { EVENTS, NAMESPACES } from '../../apis/resource-types.ts';
import type { Client } from '../../client/client.ts';
import type { KubeObject, ResourceType } from '../../machinery/object.ts';
import { type KubeServer, startKubeServer } from './testing/kube-server.ts';

let server: KubeServer;
let client: Client;
beforeEach(async () => {
  server = await startKubeServer();
  client = server.client;
});
afterEach(() => server.close());

const owners = ({ metadata }: KubeObject) =>
  (metadata.managedFields ?? []).map(({ manager, apiVersion, subresource, fieldsV1 }) => [
    manager,
    subresource ?? apiVersion,
    fieldsV1,
  ]);

it('who finalizes a namespace owns its finalizers, and may change its labels', async () => {
  const name = { metadata: { name: 'a' } };
  const kind = { apiVersion: 'v1', kind: 'Namespace' };
  const spec = { finalizers: ['kubernetes', 'example.com/x'] };
  await client.create(NAMESPACES, { ...kind, ...name, spec }, { fieldManager: 'maker' });
  const finalized = await client.update(
    NAMESPACES,
    {
      ...kind,
      metadata: { name: 'a', labels: { x: 'y' } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Terminating' },
    },
    { subresource: 'finalize', fieldManager: 'ender' },
  );
  expect(finalized).toMatchObject({
    metadata: { labels: { x: 'y' } },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Active' },
  });
  expect(owners(finalized)).toContainEqual([
    'ender',
    'finalize',
    { 'f:metadata': { 'f:labels': { 'f:x': {} } }, 'f:spec': { 'f:finalizers': {} } },
  ]);
  const makers = owners(finalized).filter(([manager]) => manager === 'maker');
  expect(makers).toHaveLength(1);
  expect(JSON.stringify(makers)).not.toContain('f:finalizers');
});

const NEW_EVENTS: ResourceType = {
  group: 'events.k8s.io',
  version: 'v1',
  resource: 'events',
  kind: 'Event',
  namespaced: true,
};

it('a write of an event through one group ends what is owned through the other', async () => {
  const metadata = { namespace: 'default', name: 'e' };
  const event = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata,
    involvedObject: { kind: 'Pod', namespace: 'default', name: 'p' },
    reason: 'R',
    message: 'm',
    type: 'Normal',
  };
  await client.create(EVENTS, event, { fieldManager: 'old' });
  const patch = (type: ResourceType, body: object, fieldManager: string) =>
    client.patch(type, metadata, { type: 'application/merge-patch+json', body }, { fieldManager });
  const labelled = (label: string) => ({ metadata: { labels: { [label]: 'x' } } });
  const owned = (label: string) => ({ 'f:metadata': { 'f:labels': { [`f:${label}`]: {} } } });
  const newer = await patch(NEW_EVENTS, labelled('a'), 'new');
  const first = { 'f:metadata': { 'f:labels': { '.': {}, 'f:a': {} } } };
  expect(owners(newer)).toEqual([['new', 'events.k8s.io/v1', first]]);
  const older = await patch(EVENTS, labelled('b'), 'old');
  expect(owners(older)).toEqual([['old', 'v1', owned('b')]]);
  const body = {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { ...metadata, labels: { c: 'x' } },
  };
  const applied = await client.patch(
    NEW_EVENTS,
    metadata,
    { type: 'application/apply-patch+yaml', body },
    { fieldManager: 'applier' },
  );
  expect(owners(applied)).toEqual([['applier', 'events.k8s.io/v1', owned('c')]]);
});
