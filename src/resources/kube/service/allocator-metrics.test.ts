import { expect, it } from 'vitest';
import { MetricRegistry } from '../../../machinery/metrics/metric-registry.ts';
import { metricsText } from '../../../machinery/metrics/metrics-text.ts';
import { AllocatorMetrics, addressNames, NODE_PORTS } from './allocator-metrics.ts';
import { NumberPool } from './number-pool.ts';

it('counts what is taken and what is free, and how often somebody asked', () => {
  const registry = new MetricRegistry();
  const pool = () => new NumberPool({ first: 10, size: 2 }, [], () => 0);
  const [addresses, ports] = [pool(), pool()];
  const names = addressNames('172.30.0.0/30');
  const addressMetrics = new AllocatorMetrics(registry, addresses, names);
  const portMetrics = new AllocatorMetrics(registry, ports, NODE_PORTS);
  expect(addressMetrics.counted('dynamic', () => addresses.claimAny('a'))).toBe(10);
  expect(addressMetrics.counted('static', () => addresses.claim(10, 'b'))).toBe('taken');
  expect(portMetrics.counted('static', () => ports.claim(11, 'a'))).toBe('ok');
  portMetrics.counted('dynamic', () => ports.claimAny('a'));
  expect(portMetrics.counted('dynamic', () => ports.claimAny('a'))).toBeUndefined();
  const text = metricsText([registry.snapshot()]);
  const cidr = 'cidr="172.30.0.0/30"';
  for (const line of [
    `clusterip_allocator_allocated_ips{${cidr}} 1`,
    `clusterip_allocator_available_ips{${cidr}} 1`,
    `clusterip_allocator_allocation_total{${cidr},scope="dynamic"} 1`,
    `clusterip_allocator_allocation_errors_total{${cidr},scope="static"} 1`,
    `clusterip_allocator_allocation_duration_seconds_count{${cidr}} 2`,
    'nodeport_allocator_allocated_ports 2',
    'nodeport_allocator_available_ports 0',
    'nodeport_allocator_allocation_total{scope="static"} 1',
    'nodeport_allocator_allocation_errors_total{scope="dynamic"} 1',
  ])
    expect(text).toContain(`\nkube_apiserver_${line}\n`);
});
