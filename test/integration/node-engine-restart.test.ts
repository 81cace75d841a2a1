import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pod } from '../../src/apis/core/v1/types.ts';
import { NODES } from '../../src/apis/resource-types.ts';
import { type NodeBed, newNodeBed } from './support/node-bed.ts';
import { type OwnDockerd, startDockerd } from './support/own-dockerd.ts';

describe('a restart of the engine', () => {
  let dockerd: OwnDockerd;
  let bed: NodeBed;

  beforeAll(async () => {
    dockerd = await startDockerd();
    bed = await newNodeBed('sampan-restart-test', { socketPath: dockerd.socketPath });
  });
  afterAll(async () => {
    await bed.close();
    await dockerd.close();
  });

  const isReady = ({ status }: Pod): boolean => status?.containerStatuses?.[0]?.ready === true;

  it('starts pods again by their restart policy, at their addresses', async () => {
    const command = ['/bin/sleep', '1000'];
    await bed.create('web', { command });
    await bed.create('once', {
      restartPolicy: 'Never',
      containers: [{ name: 'main', image: bed.image, command }],
    });
    const before = await bed.until('web', isReady);
    await bed.until('once', isReady);

    await dockerd.restart();

    const after = await bed.until(
      'web',
      (pod) => isReady(pod) && (pod.status?.containerStatuses?.[0]?.restartCount ?? 0) > 0,
    );
    expect(after.status?.podIP).toBe(before.status?.podIP);
    expect(after.status?.containerStatuses?.[0]?.lastState?.terminated).toBeDefined();
    const once = await bed.until('once', ({ status }) => status?.phase === 'Failed');
    expect(once.status?.containerStatuses?.[0]?.restartCount).toBe(0);
    const node = await bed.client.get(NODES, { name: 'node-1' });
    expect(node.status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True');
  });
});
