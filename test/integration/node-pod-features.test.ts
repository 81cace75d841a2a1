import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONFIG_MAPS, SECRETS } from '../../src/apis/resource-types.ts';
import { type NodeBed, newNodeBed } from './support/node-bed.ts';
import { isReady, newPodScripts } from './support/pod-scripts.ts';

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

  const { container, output } = newPodScripts(() => bed);

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
    await expect.poll(read).toBe('blue');
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
});
