import type { Event, Node, Pod } from '../../apis/core/v1/types.ts';
import { ageOf } from '../../machinery/duration.ts';
import {
  addQuantities,
  formatQuantity,
  parseQuantity,
  type Quantity,
  quantityMilliValue,
} from '../../machinery/quantity.ts';
import { KUBE_DESCRIBE_LAYOUT } from '../print/tab-writer.ts';
import { pairs, Text } from './describer.ts';
import { writeEvents } from './events.ts';
import { rfc1123 } from './go-time.ts';
import { annotationLines } from './pod.ts';

type Amounts = Readonly<Record<string, string>>;
type Kind = 'requests' | 'limits';

const ROLE = 'node-role.kubernetes.io/';

function rolesOf({ metadata }: Node): string {
  const roles = Object.entries(metadata.labels ?? {}).flatMap(([key, value]) => {
    if (key.startsWith(ROLE)) return key.length > ROLE.length ? [key.slice(ROLE.length)] : [];
    return key === 'kubernetes.io/role' && value ? [value] : [];
  });
  return [...new Set(roles)].sort().join(',') || '<none>';
}

/** total adds up what containers ask of one resource. */
function total(pods: readonly Pod[], resource: string, kind: Kind): Quantity {
  let sum: Quantity | undefined;
  for (const { spec } of pods)
    for (const { resources } of spec?.containers ?? []) {
      const amount = resources?.[kind]?.[resource];
      if (amount === undefined) continue;
      const one = parseQuantity(String(amount));
      sum = sum ? addQuantities(sum, one) : one;
    }
  return sum ?? parseQuantity('0');
}

function share(amount: Quantity, whole: string | undefined): string {
  const all = whole === undefined ? 0 : quantityMilliValue(parseQuantity(whole));
  const percent = all === 0 ? 0 : Math.trunc((quantityMilliValue(amount) / all) * 100);
  return `${formatQuantity(amount)} (${percent}%)`;
}

function writeAmounts(label: string, amounts: Amounts, text: Text): void {
  const entries = Object.entries(amounts).sort();
  if (entries.length > 0) text.line(`${label}:`);
  for (const [name, value] of entries) text.line(`  ${name}:\t${value}`);
}

function writePods(pods: readonly Pod[], allocatable: Amounts, now: Date, text: Text): void {
  const cells = (some: readonly Pod[], resource: string) =>
    (['requests', 'limits'] as const).map((kind) =>
      share(total(some, resource, kind), allocatable[resource]),
    );
  text
    .line(`Non-terminated Pods:\t(${pods.length} in total)`)
    .line('  Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge')
    .line('  ---------\t----\t\t------------\t----------\t---------------\t-------------\t---');
  for (const pod of pods) {
    const row = [...cells([pod], 'cpu'), ...cells([pod], 'memory')].join('\t');
    text.line(
      `  ${pod.metadata.namespace}\t${pod.metadata.name}\t\t${row}\t${ageOf(pod.metadata.creationTimestamp, now)}`,
    );
  }
  text
    .line('Allocated resources:')
    .line('  (Total limits may be over 100 percent, i.e., overcommitted.)')
    .line('  Resource\tRequests\tLimits')
    .line('  --------\t--------\t------');
  const huge = Object.keys(allocatable).filter((name) => name.startsWith('hugepages-'));
  for (const resource of ['cpu', 'memory', 'ephemeral-storage', ...huge.sort()])
    text.line(`  ${resource}\t${cells(pods, resource).join('\t')}`);
}

function writeSystem({ status, spec }: Node, text: Text): void {
  const info = status?.nodeInfo;
  text
    .line('System Info:')
    .line(`  Machine ID:\t${info?.machineID ?? ''}`)
    .line(`  System UUID:\t${info?.systemUUID ?? ''}`)
    .line(`  Boot ID:\t${info?.bootID ?? ''}`)
    .line(`  Kernel Version:\t${info?.kernelVersion ?? ''}`)
    .line(`  OS Image:\t${info?.osImage ?? ''}`)
    .line(`  Operating System:\t${info?.operatingSystem ?? ''}`)
    .line(`  Architecture:\t${info?.architecture ?? ''}`)
    .line(`  Container Runtime Version:\t${info?.containerRuntimeVersion ?? ''}`)
    .line(`  Kubelet Version:\t${info?.kubeletVersion ?? ''}`)
    .line(`  Kube-Proxy Version:\t${info?.kubeProxyVersion ?? ''}`);
  if (spec?.podCIDR) text.field('PodCIDR', spec.podCIDR);
  if (spec?.podCIDRs?.length) text.field('PodCIDRs', spec.podCIDRs.join(','));
  if (spec?.providerID) text.field('ProviderID', spec.providerID);
}

/** describeNode is what `describe node` prints; `pods` are those of the node that have not ended. */
export function describeNode(
  node: Node,
  pods: readonly Pod[],
  events: readonly Event[],
  now: Date,
): string {
  const { metadata, spec, status } = node;
  const taints = (spec?.taints ?? []).map(
    ({ key, value, effect }) => `${key}${value ? `=${value}` : ''}:${effect}`,
  );
  const text = new Text(KUBE_DESCRIBE_LAYOUT)
    .field('Name', metadata.name ?? '')
    .field('Roles', rolesOf(node))
    .field('Labels', ...pairs(metadata.labels))
    .field('Annotations', ...annotationLines(metadata.annotations))
    .field('CreationTimestamp', rfc1123(metadata.creationTimestamp))
    .field('Taints', ...taints)
    .field('Unschedulable', String(spec?.unschedulable ?? false));
  if (status?.conditions?.length) {
    text
      .line('Conditions:')
      .line('  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage')
      .line('  ----\t------\t-----------------\t------------------\t------\t-------');
    for (const one of status.conditions)
      text.line(
        `  ${one.type} \t${one.status} \t${rfc1123(one.lastHeartbeatTime)} \t${rfc1123(one.lastTransitionTime)} \t${one.reason ?? ''} \t${one.message ?? ''}`,
      );
  }
  text.line('Addresses:');
  for (const { type, address } of status?.addresses ?? []) text.line(`  ${type}:\t${address}`);
  writeAmounts('Capacity', status?.capacity ?? {}, text);
  writeAmounts('Allocatable', status?.allocatable ?? {}, text);
  writeSystem(node, text);
  writePods(pods, status?.allocatable ?? status?.capacity ?? {}, now, text);
  writeEvents(events, now, text);
  return text.format();
}
