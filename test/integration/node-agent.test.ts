import { readFile, readlink } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pod } from '../../src/apis/core/v1/types.ts';
import { CONFIG_MAPS, NODES } from '../../src/apis/resource-types.ts';
import { type NodeBed, newNodeBed, textOf } from './support/node-bed.ts';

const isReady = (pod: Pod): boolean =>
  (pod.status?.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True');

describe('the node agent on the real engine', () => {
  let bed: NodeBed;

  beforeAll(async () => {
    bed = await newNodeBed('sampan-node-test');
  });
  afterAll(() => bed.close());

  const logOf = async (pod: string, query = ''): Promise<string> => {
    const path = `/containerLogs/test/${pod}/main?${query}`;
    const body = await bed.agent().connect(path, { query: new URLSearchParams() });
    if (body?.kind !== 'bytes') throw new Error('no bytes');
    return textOf(body.bytes);
  };
  const sh = (script: string) => ({ command: ['/bin/sh', '-c', script] });

  it('registers a node that is ready', async () => {
    const node = await bed.client.get(NODES, { name: 'node-1' });
    const ready = node.status?.conditions?.find(({ type }) => type === 'Ready');
    expect(ready).toMatchObject({ status: 'True', reason: 'KubeletReady' });
    expect(node.metadata.labels).toMatchObject({ 'kubernetes.io/os': 'linux' });
    expect(node.status?.nodeInfo?.containerRuntimeVersion).toMatch(/^docker:\/\//);
  });

  it('runs a pod and writes its status as kubelet does', async () => {
    await bed.create('web', sh('echo hello; sleep 1000'));
    const pod = await bed.until('web', isReady);
    expect(pod.status).toMatchObject({
      phase: 'Running',
      hostIP: '192.0.2.1',
      podIP: expect.stringMatching(/^10\.199\./),
      qosClass: 'BestEffort',
      containerStatuses: [
        {
          name: 'main',
          ready: true,
          started: true,
          restartCount: 0,
          containerID: expect.stringMatching(/^docker:\/\/[0-9a-f]{64}$/),
          state: { running: { startedAt: expect.any(String) } },
          lastState: {},
        },
      ],
    });
    await expect.poll(() => logOf('web')).toBe('hello\n');
    expect(bed.events).toEqual(
      expect.arrayContaining([
        `Normal Pulled Container image "${bed.image}" already present on machine`,
        'Normal Created Created container: main',
        'Normal Started Started container main',
      ]),
    );
  });

  it('gives the sandbox a network namespace of its own, and no capability', async () => {
    const rows = await bed.engine.listContainers({
      'io.sampan.owner': bed.owner,
      'io.sampan.role': 'sandbox',
    });
    const pid = (await bed.engine.inspectContainer(rows[0]?.id ?? ''))?.pid ?? 0;
    expect(await readlink(`/proc/${pid}/ns/net`)).not.toBe(await readlink('/proc/self/ns/net'));
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    expect(status).toMatch(/^CapPrm:\s*0+$/m);
    expect(status).toMatch(/^CapEff:\s*0+$/m);
  });

  it('adopts what runs after a restart, without restarting it', async () => {
    const before = (await bed.get('web'))?.status;
    await bed.restart();
    const { status } = await bed.until('web', isReady);
    expect(status).toEqual(before);
  });

  it('deletes a pod gracefully and leaves nothing', async () => {
    await bed.remove('web');
    await bed.untilGone('web');
    expect(bed.events).toContain('Normal Killing Stopping container main');
    const running = (await bed.engine.listContainers({ 'io.sampan.owner': bed.owner })).filter(
      ({ status }) => status === 'running',
    );
    expect(running).toEqual([]);
  });

  it('restarts a container that ends, with back-off, and keeps the log of before', async () => {
    await bed.create('crash', sh('echo again; exit 3'));
    const { status } = await bed.until(
      'crash',
      (pod) => pod.status?.containerStatuses?.[0]?.state?.waiting?.reason === 'CrashLoopBackOff',
    );
    expect(status?.containerStatuses?.[0]).toMatchObject({
      restartCount: 1,
      lastState: { terminated: { exitCode: 3, reason: 'Error' } },
      state: { waiting: { message: expect.stringContaining('back-off 10s restarting failed') } },
    });
    expect(await logOf('crash', 'previous=true')).toBe('again\n');
    await bed.remove('crash');
  });

  it('ends a pod that is not to be restarted, by its exit codes', async () => {
    const once = (name: string, script: string) =>
      bed.create(name, {
        restartPolicy: 'Never',
        containers: [{ name: 'main', image: bed.image, ...sh(script) }],
      });
    await once('good', 'echo done > /dev/termination-log');
    await once('bad', 'exit 2');
    const good = await bed.until('good', ({ status }) => status?.phase === 'Succeeded');
    expect(good.status?.containerStatuses?.[0]?.state?.terminated).toMatchObject({
      exitCode: 0,
      reason: 'Completed',
      message: 'done\n',
    });
    const bad = await bed.until('bad', ({ status }) => status?.phase === 'Failed');
    expect(bad.status?.containerStatuses?.[0]?.state?.terminated?.exitCode).toBe(2);
    await bed.remove('good');
    await bed.remove('bad');
  });

  it('waits for a config map that is not there yet', async () => {
    await bed.create('late', {
      ...sh('echo $GREETING; sleep 1000'),
      env: [{ name: 'GREETING', valueFrom: { configMapKeyRef: { name: 'greetings', key: 'de' } } }],
    });
    const waiting = await bed.until(
      'late',
      ({ status }) =>
        status?.containerStatuses?.[0]?.state?.waiting?.reason === 'CreateContainerConfigError',
    );
    expect(waiting.status?.containerStatuses?.[0]?.state?.waiting?.message).toBe(
      'configmap "greetings" not found',
    );
    await bed.client.create(CONFIG_MAPS, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'greetings', namespace: 'test' },
      data: { de: 'moin' },
    });
    await bed.until('late', isReady);
    await expect.poll(() => logOf('late')).toBe('moin\n');
    await bed.remove('late');
  });
});
