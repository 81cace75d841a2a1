import { describe, expect, it } from 'vitest';
import type { Pod } from '../../apis/core/v1/types.ts';
import { NodeAuthorizer } from './node-authorizer.ts';
import { NodeReferences } from './node-references.ts';
import type { AccessAttributes } from './rbac.ts';

const pod = (name: string, nodeName: string, prefix: string): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'p' },
  spec: {
    nodeName,
    serviceAccountName: `${prefix}-account`,
    imagePullSecrets: [{ name: `${prefix}-pull` }],
    volumes: [
      { name: 'a', secret: { secretName: `${prefix}-secret` } },
      { name: 'b', projected: { sources: [{ configMap: { name: `${prefix}-map` } }] } },
      { name: 'c', persistentVolumeClaim: { claimName: `${prefix}-claim` } },
    ],
    resourceClaims: [{ name: 'd', resourceClaimName: `${prefix}-device` }],
    containers: [
      {
        name: 'c',
        env: [{ name: 'E', valueFrom: { secretKeyRef: { name: `${prefix}-env`, key: 'k' } } }],
      },
    ],
  },
});

const references = new NodeReferences();
for (const one of [pod('mine', 'n1', 'my'), pod('other', 'n2', 'their')]) references.put(one);

const authorizer = new NodeAuthorizer({
  references: () => references,
  claimOf: (volume) => ({ namespace: 'p', name: `${volume}-claim` }),
  nodeOfSlice: (name) => (name === 'mine' ? 'n1' : 'n2'),
});

const ask = (verb: string, what: string, name = '', over: Partial<AccessAttributes> = {}) => {
  const [path = '', subresource = ''] = what.split(':');
  const slash = path.lastIndexOf('/');
  return authorizer.authorize({
    user: { name: 'system:node:n1', groups: ['system:nodes'] },
    verb,
    group: slash < 0 ? '' : path.slice(0, slash),
    resource: path.slice(slash + 1),
    subresource,
    name,
    namespace: 'p',
    ...over,
  });
};

describe('the node authorizer', () => {
  it('has no opinion on who is no node', () => {
    const user = { name: 'system:node:n1', groups: ['devs'] };
    expect(ask('get', 'secrets', 'my-secret', { user })).toBeUndefined();
  });

  it.each<[string, string, string]>([
    ['get', 'secrets', 'my-secret'],
    ['get', 'secrets', 'my-pull'],
    ['list', 'secrets', 'my-env'],
    ['watch', 'configmaps', 'my-map'],
    ['get', 'persistentvolumeclaims', 'my-claim'],
    ['get', 'persistentvolumes', 'my'],
    ['create', 'serviceaccounts:token', 'my-account'],
    ['get', 'pods', 'mine'],
    ['get', 'nodes', 'n1'],
    ['patch', 'nodes:status', 'n1'],
    ['create', 'events', ''],
    ['get', 'resource.k8s.io/resourceclaims', 'my-device'],
    ['create', 'resource.k8s.io/resourceslices', ''],
    ['delete', 'resource.k8s.io/resourceslices', 'mine'],
    ['list', 'services', ''],
  ])('allows %s %s %s', (verb, what, name) => {
    expect(ask(verb, what, name)).toEqual({ allowed: true });
  });

  it.each<[string, string, string, string | undefined]>([
    ['get', 'secrets', 'their-secret', "no relationship found between node 'n1' and this object"],
    ['list', 'secrets', '', 'No Object name found'],
    [
      'get',
      'resource.k8s.io/resourceclaims',
      'their-device',
      "no relationship found between node 'n1' and this object",
    ],
    [
      'list',
      'resource.k8s.io/resourceclaims',
      '',
      'can only get individual resources of this type',
    ],
    [
      'list',
      'resource.k8s.io/resourceslices',
      '',
      'can only list/watch/deletecollection resourceslices with nodeName field selector',
    ],
    [
      'patch',
      'resource.k8s.io/resourceslices',
      'other',
      "no relationship found between node 'n1' and this object",
    ],
    ['delete', 'secrets', 'my-secret', 'can only read resources of this type'],
    [
      'get',
      'persistentvolumes',
      'their',
      "no relationship found between node 'n1' and this object",
    ],
    ['get', 'pods', 'other', "no relationship found between node 'n1' and this object"],
    ['list', 'pods', '', 'can only list/watch pods with spec.nodeName field selector'],
    ['list', 'nodes', '', "node 'n1' cannot read all nodes, only its own Node object"],
    ['get', 'nodes', 'n2', "node 'n1' cannot read 'n2', only its own Node object"],
    [
      'update',
      'serviceaccounts',
      'my-account',
      'can only create tokens for individual service accounts',
    ],
    [
      'get',
      'coordination.k8s.io/leases',
      'n1',
      'can only access leases in the "kube-node-lease" system namespace',
    ],
    ['delete', 'apps/deployments', 'd', undefined],
  ])('refuses %s %s %s', (verb, what, name, reason) => {
    expect(ask(verb, what, name)).toEqual({ allowed: false, ...(reason && { reason }) });
  });

  it('lets list the pods of the node, and keep its lease', () => {
    const fieldSelector = 'spec.nodeName=n1,status.phase!=Failed';
    expect(ask('list', 'pods', '', { fieldSelector, namespace: '' })).toEqual({ allowed: true });
    const namespace = 'kube-node-lease';
    expect(ask('update', 'coordination.k8s.io/leases', 'n1', { namespace })).toEqual({
      allowed: true,
    });
    expect(ask('update', 'coordination.k8s.io/leases', 'n2', { namespace })).toEqual({
      allowed: false,
      reason: 'can only access node lease with the same name as the requesting node',
    });
  });

  it('waits until the pods are known', async () => {
    const late = new NodeAuthorizer({
      references: () => Promise.resolve(references),
      claimOf: () => undefined,
      nodeOfSlice: () => undefined,
    });
    const about = { group: '', resource: 'secrets', subresource: '', namespace: 'p' };
    const user = { name: 'system:node:n1', groups: ['system:nodes'] };
    const read = (name: string) => late.authorize({ ...about, user, verb: 'get', name });
    expect(await read('my-secret')).toEqual({ allowed: true });
    expect(await read('their-secret')).toMatchObject({ allowed: false });
  });
});
