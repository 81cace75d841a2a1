import type { Container, Pod } from '../../apis/core/v1/types.ts';
import type { ContainerConfig } from '../../engine/engine.ts';
import { parseQuantity, quantityMilliValue, quantityValue } from '../../machinery/quantity.ts';
import { qosClassOf } from '../status/qos.ts';

const MIN_SHARES = 2;
const MAX_SHARES = 262_144;
const SHARES_PER_CPU = 1024;
const PERIOD_MICROS = 100_000;
const MIN_QUOTA_MICROS = 1000;

function milli(text: string | undefined): number {
  return text === undefined ? 0 : quantityMilliValue(parseQuantity(text));
}

function bytes(text: string | undefined): number {
  return text === undefined ? 0 : quantityValue(parseQuantity(text));
}

/** sharesOf is the cpu weight of a request in thousandths of a cpu. */
function sharesOf(milliCpu: number): number {
  const shares = Math.floor((milliCpu * SHARES_PER_CPU) / 1000);
  return Math.min(MAX_SHARES, Math.max(MIN_SHARES, shares));
}

/** oomScoreOf is kubelet's score: the engine's processes first to survive, best effort the last. */
function oomScoreOf(pod: Pod, container: Container, nodeMemoryBytes: number): number {
  const qos = qosClassOf(pod);
  if (qos === 'Guaranteed') return -997;
  if (qos === 'BestEffort') return 1000;
  const request = bytes(container.resources?.requests?.memory);
  const score = 1000 - Math.floor((1000 * request) / nodeMemoryBytes);
  return Math.min(999, Math.max(3, score));
}

type ResourceConfig = Pick<
  ContainerConfig,
  'cpuShares' | 'cpuQuotaMicros' | 'cpuPeriodMicros' | 'memoryBytes' | 'oomScoreAdj'
>;

/** resourceConfig turns requests and limits into what the kernel enforces. */
export function resourceConfig(
  pod: Pod,
  container: Container,
  node: { readonly nodeMemoryBytes: number; readonly oomFloor: number },
): ResourceConfig {
  const { requests = {}, limits = {} } = container.resources ?? {};
  const quota = Math.floor((milli(limits.cpu) * PERIOD_MICROS) / 1000);
  const memory = bytes(limits.memory);
  return {
    cpuShares: sharesOf(milli(requests.cpu ?? limits.cpu)),
    oomScoreAdj: Math.max(node.oomFloor, oomScoreOf(pod, container, node.nodeMemoryBytes)),
    ...(quota > 0
      ? { cpuQuotaMicros: Math.max(quota, MIN_QUOTA_MICROS), cpuPeriodMicros: PERIOD_MICROS }
      : {}),
    ...(memory > 0 ? { memoryBytes: memory } : {}),
  };
}
