import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { MetricGroup } from '../../machinery/metrics/metric-group.ts';
import type { MetricRegistry } from '../../machinery/metrics/metric-registry.ts';

/** The unit in which the system tells what a file takes. */
const BLOCK_BYTES = 512;
/** What kube-apiserver calls the only store that it has. */
const STORE = 'etcd-0';

function allocatedBytes(directory: string): number {
  let blocks = 0;
  for (const name of readdirSync(directory)) {
    // A file of the journal may have gone meanwhile.
    blocks += statSync(join(directory, name), { throwIfNoEntry: false })?.blocks ?? 0;
  }
  return blocks * BLOCK_BYTES;
}

/** storeSizeMetric tells how much of the disk the store takes; it looks when somebody asks. */
export function storeSizeMetric(registry: MetricRegistry, directory: string): void {
  const group = new MetricGroup(registry, 'apiserver_storage_');
  const size = group.gauge('size_bytes', {
    stability: 'STABLE',
    help: 'Size of the storage database file physically allocated in bytes.',
    labels: ['storage_cluster_id'],
  });
  group.onCollect(() => size.with(STORE).set(allocatedBytes(directory)));
}
