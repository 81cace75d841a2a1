import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Pod } from '../../../apis/core/v1/types.ts';
import { PODS } from '../../../apis/resource-types.ts';
import { type KubeServer, startKubeServer } from '../testing/kube-server.ts';

let server: KubeServer;

beforeEach(async () => {
  server = await startKubeServer();
});

afterEach(() => server.close());

function pod(name: string, containers = ['a'], more: object = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: { containers: containers.map((one) => ({ name: one, image: 'x' })), ...more },
  };
}

const ref = (name: string) => ({ namespace: 'default', name });

const binding = (name: string, node: string) => ({
  apiVersion: 'v1',
  kind: 'Binding',
  metadata: { name },
  target: { kind: 'Node', name: node },
});

it('is pending when it is new, and in a class of quality of service', async () => {
  const { status } = await server.client.create(PODS, pod('web'));
  expect(status).toEqual({ phase: 'Pending', qosClass: 'BestEffort' });
});

describe('pods/binding', () => {
  it('sets the node once, and nothing else can', async () => {
    const made = await server.client.create(PODS, pod('web'));
    const stolen = structuredClone(made);
    if (stolen.spec) stolen.spec.nodeName = 'n1';
    await expect(server.client.update(PODS, stolen)).rejects.toMatchObject({ code: 422 });
    await server.client.post(PODS, ref('web'), 'binding', binding('web', 'n1'));
    const bound = await server.client.get(PODS, ref('web'));
    expect(bound.spec?.nodeName).toBe('n1');
    expect(bound.status?.conditions).toMatchObject([{ type: 'PodScheduled', status: 'True' }]);
    await expect(
      server.client.post(PODS, ref('web'), 'binding', binding('web', 'n2')),
    ).rejects.toMatchObject({
      code: 409,
      message: expect.stringContaining('pod web is already assigned to node "n1"'),
    });
  });

  it('names what is wrong with the target of a binding', async () => {
    await server.client.create(PODS, pod('web'));
    const target = { kind: 'Pod', name: '' };
    await expect(
      server.client.post(PODS, ref('web'), 'binding', { ...binding('web', ''), target }),
    ).rejects.toMatchObject({
      code: 422,
      message:
        'Binding "web" is invalid: [target.kind: Unsupported value: "Pod": supported values: "Node", "<empty>", target.name: Required value]',
    });
  });

  it('has one winner among many', async () => {
    await server.client.create(PODS, pod('web'));
    const nodes = Array.from({ length: 8 }, (_, index) => `n${index}`);
    const results = await Promise.allSettled(
      nodes.map((node) => server.client.post(PODS, ref('web'), 'binding', binding('web', node))),
    );
    expect(results.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
  });
});

describe('subresources that stream', () => {
  const connect = (name: string, verb: string, query = '') =>
    server.client.transport.request({
      method: 'GET',
      path: `/api/v1/namespaces/default/pods/${name}/${verb}`,
      query: new URLSearchParams(query),
    });

  it('reach the container on its node with the words of the kubelet', async () => {
    await server.client.create(PODS, pod('web'));
    await server.client.post(PODS, ref('web'), 'binding', binding('web', 'n1'));
    await connect('web', 'log', 'tailLines=5&follow=true');
    await connect('web', 'exec', 'command=ls&command=-l&stdin=true&stdout=true&tty=true');
    await connect('web', 'portforward', 'ports=80');
    expect(server.calls).toEqual([
      { node: 'n1', path: '/containerLogs/default/web/a', query: 'tailLines=5&follow=true' },
      {
        node: 'n1',
        path: '/exec/default/web/a',
        query: 'input=1&output=1&tty=1&command=ls&command=-l',
      },
      { node: 'n1', path: '/portForward/default/web', query: 'ports=80' },
    ]);
  });

  it('say what is missing', async () => {
    await server.client.create(PODS, pod('two', ['a', 'b']));
    const messages: [string, string, string][] = [
      ['log', '', 'a container name must be specified for pod two, choose one of: [a b]'],
      ['log', 'container=x', 'container x is not valid for pod two'],
      ['exec', 'container=a&command=ls', 'pod two does not have a host assigned'],
    ];
    for (const [verb, query, message] of messages)
      await expect(connect('two', verb, query)).rejects.toMatchObject({ code: 400, message });
    await expect(connect('two', 'log', 'container=a&tailLines=-1')).rejects.toMatchObject({
      message:
        'PodLogOptions "two" is invalid: tailLines: Invalid value: -1: must be greater than or equal to 0',
    });
  });
});

describe('deleting a pod', () => {
  it('waits for the node of a pod that runs, and for nobody else', async () => {
    await server.client.create(PODS, pod('idle'));
    await server.client.delete(PODS, ref('idle'));
    await expect(server.client.get(PODS, ref('idle'))).rejects.toMatchObject({ code: 404 });
    await server.client.create(PODS, pod('web'));
    await server.client.post(PODS, ref('web'), 'binding', binding('web', 'n1'));
    await server.client.post(PODS, ref('web'), 'eviction', {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: 'web', namespace: 'default' },
    });
    const going = await server.client.get(PODS, ref('web'));
    expect(going.metadata.deletionGracePeriodSeconds).toBe(30);
    await server.client.delete(PODS, ref('web'), { gracePeriodSeconds: 0 });
    await expect(server.client.get(PODS, ref('web'))).rejects.toMatchObject({ code: 404 });
  });
});
