import { describe, expect, it } from 'vitest';
import { NODES, PODS, RESOURCE_SLICES, SERVICE_ACCOUNTS } from '../../apis/resource-types.ts';
import type { AdmissionRequest } from '../../apiserver/contracts.ts';
import { newNodeRestriction } from './node-restriction.ts';

const pod = (nodeName: string, over = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'n', uid: 'u1', ...over },
  spec: { nodeName, containers: [] },
});
const node = (name: string, labels = {}, taints: object[] = []) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels },
  spec: { taints },
});
const token = (uid: string) => ({
  apiVersion: 'authentication.k8s.io/v1',
  kind: 'TokenRequest',
  metadata: {},
  spec: { boundObjectRef: { kind: 'Pod', name: 'p', uid } },
});

async function admit(request: object, groups = ['system:nodes'], bound = pod('n1')) {
  const plugin = newNodeRestriction({ pod: () => bound });
  const context = { user: { name: 'system:node:n1', groups } };
  const base = { operation: 'UPDATE', subresource: '', namespace: 'n', name: 'p', context };
  await plugin.validate?.({ ...base, ...request } as unknown as AdmissionRequest);
}

describe('the restriction of nodes', () => {
  it.each<[string, object, string]>([
    [
      'devices of another node',
      { type: RESOURCE_SLICES, operation: 'CREATE', object: { spec: { nodeName: 'n2' } } },
      'can only create ResourceSlice with the same NodeName as the requesting node',
    ],
    [
      'the devices of another node go',
      { type: RESOURCE_SLICES, operation: 'DELETE', old: { spec: { allNodes: true } } },
      'can only delete ResourceSlice with the same NodeName as the requesting node',
    ],
    [
      'another node',
      { type: NODES, name: 'n2', object: node('n2'), old: node('n2') },
      'nodes "n2" is forbidden: node "n1" is not allowed to modify node "n2"',
    ],
    [
      'taints',
      { type: NODES, name: 'n1', object: node('n1', {}, [{ key: 'a' }]), old: node('n1') },
      'node "n1" is not allowed to modify taints',
    ],
    [
      'labels of others',
      {
        type: NODES,
        name: 'n1',
        object: node('n1', { 'a.node-restriction.kubernetes.io/x': '' }),
        old: node('n1'),
      },
      'is not allowed to modify labels: a.node-restriction.kubernetes.io/x',
    ],
    [
      'a role',
      {
        type: NODES,
        operation: 'CREATE',
        name: 'n1',
        object: node('n1', { 'node-role.kubernetes.io/master': '' }),
      },
      'is not allowed to set the following labels: node-role.kubernetes.io/master',
    ],
    [
      'an ordinary pod',
      { type: PODS, operation: 'CREATE', object: pod('n1') },
      'pod does not have "kubernetes.io/config.mirror" annotation, node "n1" can only create mirror pods',
    ],
    [
      'a pod elsewhere',
      { type: PODS, operation: 'DELETE', old: pod('n2') },
      'node "n1" can only delete pods with spec.nodeName set to itself',
    ],
    [
      'its status',
      { type: PODS, subresource: 'status', object: pod('n2'), old: pod('n2') },
      'node "n1" can only update pod status for pods with spec.nodeName set to itself',
    ],
    [
      'a token of another pod',
      { type: SERVICE_ACCOUNTS, operation: 'CREATE', subresource: 'token', object: token('u2') },
      'the UID in the bound object reference (u2) does not match the UID in record.',
    ],
    [
      'a token of none',
      {
        type: SERVICE_ACCOUNTS,
        operation: 'CREATE',
        subresource: 'token',
        object: { ...token('u1'), spec: {} },
      },
      'node requested token not bound to a pod',
    ],
  ])('refuses %s', async (_case, request, message) => {
    await expect(admit(request)).rejects.toMatchObject({
      code: 403,
      message: expect.stringContaining(message),
    });
    await expect(admit(request, ['devs'])).resolves.toBeUndefined();
  });

  it.each<[string, object]>([
    [
      'its own devices',
      { type: RESOURCE_SLICES, operation: 'CREATE', object: { spec: { nodeName: 'n1' } } },
    ],
    [
      'its own node',
      {
        type: NODES,
        name: 'n1',
        object: node('n1', { 'kubernetes.io/hostname': 'h', own: '' }),
        old: node('n1'),
      },
    ],
    ['its own pods', { type: PODS, subresource: 'status', object: pod('n1'), old: pod('n1') }],
    [
      'tokens of its pods',
      { type: SERVICE_ACCOUNTS, operation: 'CREATE', subresource: 'token', object: token('u1') },
    ],
  ])('allows %s', async (_case, request) => {
    await expect(admit(request)).resolves.toBeUndefined();
  });
});
