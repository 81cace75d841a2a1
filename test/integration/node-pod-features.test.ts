import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Container, Pod, PodSpec } from '../../src/apis/core/v1/types.ts';
import { CONFIG_MAPS, PODS, SECRETS } from '../../src/apis/resource-types.ts';
import { type NodeBed, newNodeBed, textOf } from './support/node-bed.ts';

const isReady = (pod: Pod): boolean =>
  (pod.status?.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True');
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('what pods can ask for', () => {
  let bed: NodeBed;

  beforeAll(async () => {
    bed = await newNodeBed('sampan-feature-test');
    bed.client.add(CONFIG_MAPS, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'settings', namespace: 'test' },
      data: { colour: 'red', 'deep.conf': 'a=1\n' },
    });
    bed.client.add(SECRETS, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'keys', namespace: 'test' },
      data: { token: base64('s3cret'), USER: base64('me') },
    });
  });
  afterAll(() => bed.close());

  const logOf = async (pod: string, container = 'main'): Promise<string> => {
    const path = `/containerLogs/test/${pod}/${container}`;
    const body = await bed.agent().connect(path, { query: new URLSearchParams() });
    if (body?.kind !== 'bytes') throw new Error('no bytes');
    return textOf(body.bytes);
  };
  const container = (script: string, more: Partial<Container> = {}): Container => ({
    name: 'main',
    image: bed.image,
    command: ['/bin/sh', '-c', script],
    ...more,
  });
  /** Runs a pod to its end and answers its log. */
  const output = async (
    name: string,
    script: string,
    more: Partial<PodSpec> = {},
    own: Partial<Container> = {},
  ) => {
    await bed.create(name, {
      restartPolicy: 'Never',
      ...more,
      containers: [container(script, own)],
    });
    const pod = await bed.until(name, ({ status }) =>
      ['Succeeded', 'Failed'].includes(status?.phase ?? ''),
    );
    const text = await logOf(name);
    await bed.remove(name);
    return { pod, text };
  };

  it('sets the environment from everywhere', async () => {
    const { text } = await output(
      'env',
      'echo $A $B $C $D $E $F $P_USER $IP $CPU',
      {},
      {
        resources: { limits: { cpu: '500m', memory: '64Mi' } },
        envFrom: [
          { secretRef: { name: 'keys' }, prefix: 'P_' },
          { configMapRef: { name: 'settings' } },
        ],
        env: [
          { name: 'A', value: 'a' },
          { name: 'B', value: '$(A)-$(colour)-$$(A)-$(NONE)' },
          { name: 'C', valueFrom: { configMapKeyRef: { name: 'settings', key: 'colour' } } },
          { name: 'D', valueFrom: { secretKeyRef: { name: 'keys', key: 'token' } } },
          { name: 'E', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
          { name: 'F', valueFrom: { secretKeyRef: { name: 'no', key: 'no', optional: true } } },
          { name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
          {
            name: 'CPU',
            valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1m' } },
          },
        ],
      },
    );
    expect(text).toMatch(/^a a-red-\$\(A\)-\$\(NONE\) red s3cret env me 10\.199\.0\.\d+ 500\n$/);
  });

  it('mounts volumes of every kind', async () => {
    const { text } = await output(
      'volumes',
      [
        'cat /c/colour; echo; cat /c/sub/x; cat /s/token; echo; cat /one; cat /p/name; echo',
        'stat -c %a -L /s/token; stat -c %a /e; echo kept > /e/f; cat /e/f; cat /h/marker 2>/dev/null || true',
        '(echo no > /c/colour) 2>/dev/null || echo read-only; stat -f -c %T /m',
      ].join('; '),
      {
        volumes: [
          {
            name: 'c',
            configMap: {
              name: 'settings',
              items: [
                { key: 'colour', path: 'colour' },
                { key: 'deep.conf', path: 'sub/x' },
              ],
            },
          },
          { name: 'whole', configMap: { name: 'settings' } },
          { name: 's', secret: { secretName: 'keys', defaultMode: 0o400 } },
          { name: 'e', emptyDir: {} },
          { name: 'm', emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } },
          { name: 'h', hostPath: { path: bed.dataDirectory, type: 'Directory' } },
          {
            name: 'p',
            projected: {
              sources: [
                {
                  downwardAPI: {
                    items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }],
                  },
                },
              ],
            },
          },
        ],
      },
      {
        volumeMounts: [
          { name: 'c', mountPath: '/c' },
          { name: 'whole', mountPath: '/one', subPath: 'deep.conf' },
          { name: 's', mountPath: '/s' },
          { name: 'e', mountPath: '/e' },
          { name: 'm', mountPath: '/m' },
          { name: 'h', mountPath: '/h' },
          { name: 'p', mountPath: '/p' },
        ],
      },
    );
    const lines = text.split('\n');
    expect(lines.slice(0, 8)).toEqual([
      'red',
      'a=1',
      's3cret',
      'a=1',
      'volumes',
      '400',
      '777',
      'kept',
    ]);
    expect(text).toContain('read-only');
    expect(lines.at(-2)).toBe('tmpfs');
  });

  it('brings mounted config maps up to date', async () => {
    await bed.create('follow', {
      containers: [container('sleep 1000', { volumeMounts: [{ name: 'c', mountPath: '/c' }] })],
      volumes: [{ name: 'c', configMap: { name: 'settings' } }],
    });
    const pod = await bed.until('follow', isReady);
    const id = pod.status?.containerStatuses?.[0]?.containerID?.replace('docker://', '') ?? '';
    const read = async (): Promise<string> => {
      const session = await bed.engine.exec(id, {
        command: ['cat', '/c/colour'],
        stdin: false,
        tty: false,
      });
      let text = '';
      for await (const { data } of session.output) text += Buffer.from(data).toString();
      return text;
    };
    expect(await read()).toBe('red');
    const map = await bed.client.get(CONFIG_MAPS, { namespace: 'test', name: 'settings' });
    await bed.client.update(CONFIG_MAPS, { ...map, data: { ...map.data, colour: 'blue' } });
    await expect.poll(read, { timeout: 5000 }).toBe('blue');
    await bed.remove('follow');
  });

  it('says which volume cannot be set up', async () => {
    await bed.create('unmounted', {
      containers: [container('true', { volumeMounts: [{ name: 'c', mountPath: '/c' }] })],
      volumes: [{ name: 'c', configMap: { name: 'absent' } }],
    });
    const wanted =
      'Warning FailedMount MountVolume.SetUp failed for volume "c" : configmap "absent" not found';
    await expect.poll(() => bed.events).toContain(wanted);
    const pod = await bed.get('unmounted');
    expect(pod?.status?.containerStatuses?.[0]?.state?.waiting?.reason).toBe('ContainerCreating');
    await bed.remove('unmounted');
    await bed.untilGone('unmounted');
  });

  it('runs as the user and groups that the security context says', async () => {
    const { text } = await output(
      'user',
      'id -u; id -g; id -G; (echo > /x) 2> /e/err || echo fixed; stat -c %g /e; echo >/e/mine; stat -c %g /e/mine',
      {
        securityContext: { runAsUser: 1000650000, fsGroup: 4711, supplementalGroups: [55] },
        volumes: [{ name: 'e', emptyDir: {} }],
      },
      {
        securityContext: { readOnlyRootFilesystem: true },
        volumeMounts: [{ name: 'e', mountPath: '/e' }],
      },
    );
    const lines = text.split('\n');
    expect(lines.slice(0, 2)).toEqual(['1000650000', '0']);
    expect(lines[2]?.split(' ').sort()).toEqual(['0', '4711', '55']);
    expect(lines.slice(3)).toEqual(['fixed', '4711', '4711', '']);
  });

  it('refuses to run an image as root where that is forbidden', async () => {
    await bed.create('root', {
      securityContext: { runAsNonRoot: true },
      containers: [container('true')],
    });
    const pod = await bed.until('root', ({ status }) =>
      Boolean(status?.containerStatuses?.[0]?.state?.waiting?.message),
    );
    expect(pod.status?.containerStatuses?.[0]?.state?.waiting).toMatchObject({
      reason: 'CreateContainerConfigError',
      message: expect.stringMatching(
        /^container has runAsNonRoot and image will run as root \(pod: "root_test\(.*\)", container: main\)$/,
      ),
    });
    await bed.remove('root');
  });

  it('writes hosts, resolv.conf and hostname', async () => {
    const { text } = await output(
      'names',
      'cat /etc/resolv.conf; echo ---; cat /etc/hosts; echo ---; cat /etc/hostname',
      {
        hostname: 'db-0',
        subdomain: 'db',
        hostAliases: [{ ip: '192.0.2.7', hostnames: ['seven', 'sieben'] }],
      },
    );
    const [resolv = '', hosts = '', hostname = ''] = text.split('---\n');
    expect(resolv).toMatch(/^search test\.svc\.cluster\.local svc\.cluster\.local cluster\.local/);
    expect(resolv).toContain('nameserver 172.30.0.10\noptions ndots:5\n');
    expect(hosts).toMatch(/^# Kubernetes-managed hosts file\.\n127\.0\.0\.1\tlocalhost\n/);
    expect(hosts).toMatch(/10\.199\.0\.\d+\tdb-0\.db\.test\.svc\.cluster\.local\tdb-0\n/);
    expect(hosts).toContain('# Entries added by HostAliases.\n192.0.2.7\tseven\tsieben\n');
    expect(hostname).toBe('db-0\n');
  });

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
    await expect
      .poll(async () => (await bed.engine.inspectContainer(id))?.status, { timeout: 8000 })
      .toBeUndefined();
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
