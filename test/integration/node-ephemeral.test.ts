import { readFileSync, readlinkSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContainerStatus } from '../../src/apis/core/v1/types.ts';
import { CONFIG_MAPS, EVENTS, PODS } from '../../src/apis/resource-types.ts';
import { type ApiBed, newApiBed } from './support/api-bed.ts';
import { findKubectls } from './support/kubectl.ts';

const NAMESPACE = 'streams';

describe('ephemeral containers on the real engine', () => {
  let bed: ApiBed;

  beforeAll(async () => {
    bed = await newApiBed('sampan-ephemeral-test', ['readlink', 'hostname', 'ps']);
    const shell = (script: string) => ['/bin/sh', '-c', script];
    const main = { name: 'main', image: bed.image, command: shell('sleep 1000') };
    await bed.createPod('web', { containers: [main] });
    await bed.untilReady('web');
    // What kubectl's pod on a node mounts, as it does not say that it needs no token.
    await bed.client.create(CONFIG_MAPS, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace: NAMESPACE, name: 'kube-root-ca.crt' },
      data: { 'ca.crt': '' },
    });
  });
  afterAll(() => bed.close());

  const add = (name: string, more: object) =>
    bed.client.patch(
      PODS,
      { namespace: NAMESPACE, name: 'web' },
      {
        type: 'application/strategic-merge-patch+json',
        body: { spec: { ephemeralContainers: [{ name, image: bed.image, ...more }] } },
      },
      { subresource: 'ephemeralcontainers' },
    );
  const statusOf = async (name: string): Promise<ContainerStatus | undefined> => {
    const { status } = await bed.client.get(PODS, { namespace: NAMESPACE, name: 'web' });
    return status?.ephemeralContainerStatuses?.find((one) => one.name === name);
  };
  const kubectl = (...args: string[]) => bed.run('kubectl', args);

  it('runs one in the network of the pod, and shows its state', async () => {
    await add('net', { command: ['/bin/sh', '-c', 'readlink /proc/self/ns/net; sleep 1000'] });
    await expect
      .poll(() => statusOf('net'))
      .toMatchObject({
        state: { running: { startedAt: expect.any(String) } },
        ready: false,
        restartCount: 0,
      });
    const own = await kubectl('exec', 'web', '-c', 'main', '--', 'readlink', '/proc/self/ns/net');
    await expect.poll(() => kubectl('logs', 'web', '-c', 'net')).toEqual(own);
    const inside = await kubectl('exec', 'web', '-c', 'net', '--', 'echo', 'hello');
    expect(inside).toMatchObject({ code: 0, stdout: 'hello\n' });
    const { items } = await bed.client.list(EVENTS, { namespace: NAMESPACE });
    expect(items.map((one) => one.involvedObject.fieldPath)).toContain(
      'spec.ephemeralContainers{net}',
    );
  });

  it('sees the processes of its target, and only then', async () => {
    await add('seeing', {
      command: ['/bin/sh', '-c', 'cat /proc/1/cmdline'],
      targetContainerName: 'main',
    });
    await add('alone', { command: ['/bin/sh', '-c', 'cat /proc/1/cmdline'] });
    await expect
      .poll(() => statusOf('seeing'))
      .toMatchObject({
        state: { terminated: { exitCode: 0, reason: 'Completed' } },
      });
    const cmdline = async (name: string) => (await kubectl('logs', 'web', '-c', name)).stdout;
    expect(await cmdline('seeing')).toContain('sleep');
    await expect.poll(() => cmdline('alone')).toContain('cmdline');
  });

  it('ends once and is not started again, and the pod goes on', async () => {
    await add('once', { command: ['/bin/sh', '-c', 'exit 3'] });
    await expect
      .poll(() => statusOf('once'))
      .toMatchObject({
        state: { terminated: { exitCode: 3, reason: 'Error' } },
        restartCount: 0,
      });
    const pod = await bed.untilReady('web');
    expect(pod.status?.phase).toBe('Running');
    expect(pod.status?.containerStatuses?.[0]?.restartCount).toBe(0);
  });

  it('says why one does not start', async () => {
    await add('no-image', { image: 'sampan.invalid/nothing:1', imagePullPolicy: 'Never' });
    await expect
      .poll(() => statusOf('no-image'))
      .toMatchObject({
        state: { waiting: { reason: 'ErrImageNeverPull' } },
      });
  });

  it('attaches kubectl to one that is made for it', async () => {
    const args = ['attach', '-i', 'web', '-c', 'shell'];
    await add('shell', { command: ['/bin/sh'], stdin: true });
    await expect.poll(() => statusOf('shell')).toMatchObject({ state: { running: {} } });
    const ran = await bed.run('kubectl', args, 'echo from-$((20 + 22))\nexit\n');
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining('from-42') });
  });

  it('runs a pod on the node with the namespaces of the node', async () => {
    await bed.createPod('on-node', {
      hostNetwork: true,
      hostPID: true,
      hostIPC: true,
      restartPolicy: 'Never',
      containers: [
        {
          name: 'debugger',
          image: bed.image,
          command: [
            '/bin/sh',
            '-c',
            'readlink /proc/self/ns/net; readlink /proc/self/ns/pid; cat /host/etc/hostname',
          ],
          volumeMounts: [{ name: 'host-root', mountPath: '/host' }],
        },
      ],
      volumes: [{ name: 'host-root', hostPath: { path: '/' } }],
    });
    const own = ['net', 'pid'].map((kind) => `${readlinkSync(`/proc/self/ns/${kind}`)}\n`).join('');
    await expect
      .poll(() => kubectl('logs', 'on-node'))
      .toEqual({ code: 0, stdout: own + readFileSync('/etc/hostname', 'utf8'), stderr: '' });
  });

  describe.each(findKubectls())('%s debug', (program) => {
    const debug = (...args: string[]) => bed.run(program, ['debug', ...args]);
    const podWith = async (prefix: string) => {
      const { items } = await bed.client.list(PODS, { namespace: NAMESPACE });
      return items.find(({ metadata }) => metadata.name?.startsWith(prefix));
    };
    const remove = (name = '') =>
      bed.client.delete(PODS, { namespace: NAMESPACE, name }, { gracePeriodSeconds: 0 });

    it('adds a container to a pod, where it knows how', async () => {
      const script = ['--', '/bin/sh', '-c', 'echo from-$((20 + 22))'];
      const name = `added-${Date.now()}`;
      const ran = await debug(
        'web',
        `--image=${bed.image}`,
        '-c',
        name,
        '--target=main',
        ...script,
      );
      // kubectl 1.20 speaks a form of the API that was given up.
      const isOld = ran.stderr.includes('no kind "EphemeralContainers" is registered');
      if (!isOld) {
        // Which stream it tells the target on changed from version to version.
        expect(ran).toMatchObject({ code: 0 });
        await expect
          .poll(() => bed.run(program, ['logs', 'web', '-c', name]))
          .toMatchObject({
            stdout: 'from-42\n',
          });
      }
    });

    it('copies a pod and adds a container to it', async () => {
      const args = ['web', '--copy-to=copied', '--same-node', '-c', 'extra'];
      const ran = await debug(...args, `--image=${bed.image}`, '--', 'sleep', '1000');
      expect(ran).toMatchObject({ code: 0 });
      const { status } = await bed.untilReady('copied');
      expect(status?.containerStatuses?.map(({ name }) => name).sort()).toEqual(['extra', 'main']);
      await remove('copied');
    });

    it('runs a pod on a node', async () => {
      const ran = await debug(
        'node/node-1',
        `--image=${bed.image}`,
        '--',
        'cat',
        '/host/etc/hostname',
      );
      expect(ran).toMatchObject({ code: 0 });
      await expect
        .poll(() => podWith('node-debugger-'))
        .toMatchObject({
          status: { phase: 'Succeeded' },
        });
      const { name = '' } = (await podWith('node-debugger-'))?.metadata ?? {};
      expect(await bed.run(program, ['logs', name])).toMatchObject({
        stdout: readFileSync('/etc/hostname', 'utf8'),
      });
      await remove(name);
    });
  });
});
