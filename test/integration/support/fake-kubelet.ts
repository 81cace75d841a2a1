import type { Pod } from '../../../src/apis/core/v1/types.ts';
import { NODES, PODS } from '../../../src/apis/resource-types.ts';
import type { Client } from '../../../src/client/client.ts';
import type { WatchEvent } from '../../../src/machinery/object.ts';
import { isConflict, isNotFound } from '../../../src/machinery/status-error.ts';

/** FakeKubelet makes pods of its node run, and ends them when they are deleted. */
export interface FakeKubelet {
  stop(): Promise<void>;
}

/** startFakeKubelet registers a node and serves it until it is stopped. */
export async function startFakeKubelet(
  client: Client,
  name: string,
  number: number,
): Promise<FakeKubelet> {
  const now = new Date().toISOString();
  const ready = { type: 'Ready', status: 'True', lastHeartbeatTime: now, lastTransitionTime: now };
  const node = await client.create(NODES, {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name } },
  });
  const allocatable = { cpu: '4', memory: '8Gi', pods: '110' };
  await client.updateStatus(NODES, { ...node, status: { allocatable, conditions: [ready] } });
  const abort = new AbortController();
  const fieldSelector = `spec.nodeName=${name}`;
  const events = await client.watch(PODS, { fieldSelector, signal: abort.signal });
  const served = serve(client, number, events);
  return {
    async stop() {
      abort.abort();
      await served;
    },
  };
}

async function serve(
  client: Client,
  number: number,
  events: AsyncIterable<WatchEvent<Pod>>,
): Promise<void> {
  let serial = 0;
  for await (const { type, object } of events) {
    if (type !== 'ADDED' && type !== 'MODIFIED') continue;
    const { namespace, name = '', deletionTimestamp } = object.metadata;
    try {
      if (deletionTimestamp) {
        await client.delete(PODS, { namespace, name }, { gracePeriodSeconds: 0 });
      } else if (object.status?.phase !== 'Running') {
        serial += 1;
        await client.updateStatus(PODS, running(object, `10.128.${number}.${serial}`));
      }
    } catch (error) {
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
  }
}

function running(pod: Pod, podIP: string): Pod {
  const lastTransitionTime = new Date().toISOString();
  const others = (pod.status?.conditions ?? []).filter((one) => one.type !== 'Ready');
  const conditions = [...others, { type: 'Ready', status: 'True', lastTransitionTime }];
  return { ...pod, status: { ...pod.status, phase: 'Running', podIP, conditions } };
}
