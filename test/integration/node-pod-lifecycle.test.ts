import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pod } from '../../src/apis/core/v1/types.ts';
import { PODS } from '../../src/apis/resource-types.ts';
import { type NodeBed, newNodeBed } from './support/node-bed.ts';
import { isReady, newPodScripts } from './support/pod-scripts.ts';

describe('the life of a pod', () => {
  let bed: NodeBed;

  beforeAll(async () => {
    bed = await newNodeBed('sampan-lifecycle-test');
  });
  afterAll(() => bed.close());

  const { container, logOf, output } = newPodScripts(() => bed);

  it('runs init containers in order, and only then the others', async () => {
    const mounts = { volumeMounts: [{ name: 'e', mountPath: '/e' }] };
    await bed.create('init', {
      restartPolicy: 'Never',
      volumes: [{ name: 'e', emptyDir: {} }],
      initContainers: [
        container('echo one >> /e/log', { name: 'first', ...mounts }),
        container('echo two >> /e/log', { name: 'second', ...mounts }),
      ],
      containers: [container('cat /e/log', mounts)],
    });
    const pod = await bed.until('init', ({ status }) => status?.phase === 'Succeeded');
    expect(await logOf('init')).toBe('one\ntwo\n');
    expect(pod.status?.initContainerStatuses?.map(({ ready }) => ready)).toEqual([true, true]);
    expect(pod.status?.conditions?.map(({ type, status }) => `${type}=${status}`)).toEqual(
      expect.arrayContaining(['Initialized=True', 'Ready=False']),
    );
    await bed.remove('init');
  });

  it('fails a pod whose init container fails, when it is not to be restarted', async () => {
    await bed.create('initfail', {
      restartPolicy: 'Never',
      initContainers: [container('exit 4', { name: 'first' })],
      containers: [container('true')],
    });
    const pod = await bed.until('initfail', ({ status }) => status?.phase === 'Failed');
    expect(pod.status?.containerStatuses?.[0]?.state?.waiting?.reason).toBe('PodInitializing');
    await bed.remove('initfail');
  });

  it('keeps a sidecar as long as the others run', async () => {
    await bed.create('sidecar', {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 1,
      initContainers: [
        container('echo beside; sleep 1000', { name: 'side', restartPolicy: 'Always' }),
      ],
      containers: [container('exit 0')],
    });
    const pod = await bed.until('sidecar', ({ status }) => status?.phase === 'Succeeded');
    expect(pod.status?.initContainerStatuses?.[0]?.state).toHaveProperty('terminated');
    await bed.remove('sidecar');
  });

  it('restarts a container that is not alive, and takes one out that is not ready', async () => {
    await bed.create('probed', {
      terminationGracePeriodSeconds: 1,
      containers: [
        container('sleep 1000', {
          readinessProbe: { exec: { command: ['cat', '/tmp/ready'] }, periodSeconds: 1 },
          livenessProbe: {
            exec: { command: ['cat', '/tmp/alive'] },
            periodSeconds: 1,
            failureThreshold: 2,
          },
        }),
      ],
    });
    const pod = await bed.until(
      'probed',
      ({ status }) => (status?.containerStatuses?.[0]?.restartCount ?? 0) > 0,
    );
    expect(pod.status?.containerStatuses?.[0]?.ready).toBe(false);
    expect(bed.events).toEqual(
      expect.arrayContaining([
        'Warning Unhealthy Liveness probe failed: cat: /tmp/alive: No such file or directory\n',
        'Warning Unhealthy Readiness probe failed: cat: /tmp/ready: No such file or directory\n',
        'Normal Killing Container main failed liveness probe, will be restarted',
      ]),
    );
    await bed.remove('probed');
  });

  it('says why an image cannot be had', async () => {
    await bed.create('noimage', { image: '127.0.0.1:1/none:1' });
    const reasonOf = ({ status }: Pod) => status?.containerStatuses?.[0]?.state?.waiting?.reason;
    const pod = await bed.until('noimage', (one) => reasonOf(one) === 'ErrImagePull');
    expect(pod.status?.phase).toBe('Pending');
    expect(pod.status?.containerStatuses?.[0]?.state?.waiting?.message).toContain(
      'connection refused',
    );
    await bed.create('never', { image: '127.0.0.1:1/none:2', imagePullPolicy: 'Never' });
    await bed.until('never', (one) => reasonOf(one) === 'ErrImageNeverPull');
    await bed.until('noimage', (one) => reasonOf(one) === 'ImagePullBackOff');
    expect(bed.events).toEqual(
      expect.arrayContaining([
        'Normal Pulling Pulling image "127.0.0.1:1/none:1"',
        'Warning Failed Error: ErrImagePull',
        'Normal BackOff Back-off pulling image "127.0.0.1:1/none:1"',
        'Warning Failed Error: ImagePullBackOff',
      ]),
    );
    await bed.remove('noimage');
    await bed.remove('never');
  });

  it('says that a program does not exist', async () => {
    await bed.create('noprogram', { command: ['/no/such/program'] });
    const pod = await bed.until('noprogram', ({ status }) =>
      Boolean(status?.containerStatuses?.[0]?.lastState?.terminated),
    );
    const [status] = pod.status?.containerStatuses ?? [];
    expect(status?.lastState?.terminated).toMatchObject({ reason: 'ContainerCannotRun' });
    expect(status?.lastState?.terminated?.message).toContain('no such file or directory');
    await bed.remove('noprogram');
  });

  it('ends a pod that is over its deadline', async () => {
    await bed.create('deadline', {
      activeDeadlineSeconds: 1,
      terminationGracePeriodSeconds: 1,
      containers: [container('sleep 1000')],
    });
    const pod = await bed.until('deadline', ({ status }) => status?.phase === 'Failed');
    expect(pod.status).toMatchObject({
      reason: 'DeadlineExceeded',
      message: 'Pod was active on the node longer than the specified deadline',
    });
    await bed.remove('deadline');
  });

  it('runs the hooks of a container', async () => {
    await bed.create('hooks', {
      containers: [
        container('sleep 1000', {
          lifecycle: {
            postStart: { exec: { command: ['sh', '-c', 'echo started > /e/started'] } },
            preStop: { exec: { command: ['sh', '-c', 'echo stopped > /e/stopped'] } },
          },
          volumeMounts: [{ name: 'e', mountPath: '/e' }],
        }),
      ],
      volumes: [
        { name: 'e', hostPath: { path: `${bed.dataDirectory}/hooks`, type: 'DirectoryOrCreate' } },
      ],
    });
    await bed.until('hooks', isReady);
    await bed.remove('hooks', 5);
    await bed.untilGone('hooks');
    const { text } = await output(
      'seen',
      'cat /e/started /e/stopped',
      {
        volumes: [{ name: 'e', hostPath: { path: `${bed.dataDirectory}/hooks` } }],
      },
      { volumeMounts: [{ name: 'e', mountPath: '/e' }] },
    );
    expect(text).toBe('started\nstopped\n');
  });

  it('ends a pod at once when its object is taken away', async () => {
    await bed.create('forced', { containers: [container('sleep 1000')] });
    const pod = await bed.until('forced', isReady);
    const id = pod.status?.containerStatuses?.[0]?.containerID?.replace('docker://', '') ?? '';
    bed.client.remove(PODS, { namespace: 'test', name: 'forced' });
    await expect.poll(async () => (await bed.engine.inspectContainer(id))?.status).toBeUndefined();
  });

  it('starts a container anew when its image changes', async () => {
    await bed.create('reimaged', {
      containers: [container('sleep 1000')],
      terminationGracePeriodSeconds: 1,
    });
    const pod = await bed.until('reimaged', isReady);
    await bed.engine.tag(bed.image, bed.owner, '2');
    const image = `${bed.owner}:2`;
    const containers = (pod.spec?.containers ?? []).map((one) => ({ ...one, image }));
    const { name = '', namespace } = pod.metadata;
    await bed.client.patch(
      PODS,
      { namespace, name },
      {
        type: 'application/merge-patch+json',
        body: { spec: { containers } },
      },
    );
    const after = await bed.until('reimaged', ({ status }) => {
      const [one] = status?.containerStatuses ?? [];
      return one?.restartCount === 1 && one.ready;
    });
    expect(after.status?.containerStatuses?.[0]?.image).toBe(image);
    await bed.remove('reimaged');
    await bed.untilGone('reimaged');
    await bed.engine.removeImage(image);
  });
});
