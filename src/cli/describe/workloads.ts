import type { Deployment, ReplicaSet } from '../../apis/apps/v1/types.ts';
import type { Event, Pod } from '../../apis/core/v1/types.ts';
import { semanticEqual } from '../../machinery/deep-equal.ts';
import { selectorObjectText } from '../../machinery/labels.ts';
import { KUBE_DESCRIBE_LAYOUT } from '../print/tab-writer.ts';
import { podCounts } from './core-kinds.ts';
import { pairs, Text } from './describer.ts';
import { writeEvents } from './events.ts';
import { rfc1123 } from './go-time.ts';
import { annotationLines, writePodTemplate } from './pod.ts';

function writeConditions(
  conditions: readonly { type: string; status: string; reason?: string }[] | undefined,
  text: Text,
): void {
  if (!conditions?.length) return;
  text.line('Conditions:').line('  Type\tStatus\tReason').line('  ----\t------\t------');
  for (const { type, status, reason } of conditions)
    text.line(`  ${type} \t${status}\t${reason ?? ''}`);
}

function writeLabels({ metadata }: Deployment | ReplicaSet, text: Text): void {
  text
    .field('Labels', ...pairs(metadata.labels))
    .field('Annotations', ...annotationLines(metadata.annotations));
}

/** isCurrent tells whether a replica set has the template of its Deployment; the hash does not count. */
function isCurrent(set: ReplicaSet, { spec }: Deployment): boolean {
  const { template } = set.spec ?? {};
  const { 'pod-template-hash': _hash, ...labels } = template?.metadata?.labels ?? {};
  return semanticEqual(
    { ...template, metadata: { ...template?.metadata, labels } },
    spec?.template,
  );
}

function setsText(sets: readonly ReplicaSet[]): string {
  const texts = sets.map(
    ({ metadata, spec, status }) =>
      `${metadata.name} (${status?.replicas ?? 0}/${spec?.replicas ?? 0} replicas created)`,
  );
  return texts.join(', ') || '<none>';
}

function writeReplicaSets(deployment: Deployment, sets: readonly ReplicaSet[], text: Text): void {
  const current = sets
    .filter((set) => isCurrent(set, deployment))
    .sort((a, b) =>
      (a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? -1 : 1,
    )
    .slice(0, 1);
  const old = sets
    .filter((set) => !current.includes(set) && (set.spec?.replicas ?? 0) > 0)
    .sort((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1));
  if (old.length + current.length === 0) return;
  text.field('OldReplicaSets', setsText(old)).field('NewReplicaSet', setsText(current));
}

/** describeDeployment is what `describe deployment` prints; `sets` are those that it controls. */
export function describeDeployment(
  deployment: Deployment,
  sets: readonly ReplicaSet[],
  events: readonly Event[],
  now: Date,
): string {
  const { metadata, spec, status = {} } = deployment;
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0 } = status;
  const text = new Text(KUBE_DESCRIBE_LAYOUT)
    .field('Name', metadata.name ?? '')
    .field('Namespace', metadata.namespace ?? '')
    .field('CreationTimestamp', rfc1123(metadata.creationTimestamp));
  writeLabels(deployment, text);
  text
    .field('Selector', selectorObjectText(spec?.selector))
    .field(
      'Replicas',
      `${spec?.replicas ?? 0} desired | ${updatedReplicas} updated | ${replicas} total | ${availableReplicas} available | ${status.unavailableReplicas ?? 0} unavailable`,
    )
    .field('StrategyType', spec?.strategy?.type ?? '')
    .field('MinReadySeconds', spec?.minReadySeconds ?? 0);
  const rolling = spec?.strategy?.rollingUpdate;
  if (rolling)
    text.field(
      'RollingUpdateStrategy',
      `${rolling.maxUnavailable} max unavailable, ${rolling.maxSurge} max surge`,
    );
  writePodTemplate(spec?.template, text);
  writeConditions(status.conditions, text);
  writeReplicaSets(deployment, sets, text);
  writeEvents(events, now, text);
  return text.format();
}

/** describeReplicaSet is what `describe replicaset` prints; `pods` are those that it controls. */
export function describeReplicaSet(
  set: ReplicaSet,
  pods: readonly Pod[],
  events: readonly Event[],
  now: Date,
): string {
  const { metadata, spec, status } = set;
  const text = new Text(KUBE_DESCRIBE_LAYOUT)
    .field('Name', metadata.name ?? '')
    .field('Namespace', metadata.namespace ?? '')
    .field('Selector', selectorObjectText(spec?.selector));
  writeLabels(set, text);
  const owner = metadata.ownerReferences?.find(({ controller }) => controller);
  if (owner) text.field('Controlled By', `${owner.kind}/${owner.name}`);
  text
    .field('Replicas', `${status?.replicas ?? 0} current / ${spec?.replicas ?? 0} desired`)
    .field('Pods Status', podCounts(pods));
  writePodTemplate(spec?.template, text);
  writeConditions(status?.conditions, text);
  writeEvents(events, now, text);
  return text.format();
}
