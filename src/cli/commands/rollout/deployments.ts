import type { Deployment, ReplicaSet } from '../../../apis/apps/v1/types.ts';
import type { PodTemplateSpec } from '../../../apis/core/v1/types.ts';
import { REPLICA_SETS } from '../../../apis/resource-types.ts';
import type { Client } from '../../../client/client.ts';
import { selectorObjectText } from '../../../machinery/labels.ts';
import type { KubeObject } from '../../../machinery/object.ts';
import { CliError } from '../../cli-error.ts';
import { Text } from '../../describe/describer.ts';
import { writePodTemplate } from '../../describe/pod.ts';
import type { Mapping } from '../../discovery/mapping.ts';
import { KUBE_DESCRIBE_LAYOUT, TabWriter } from '../../print/tab-writer.ts';
import type { FoundObject } from '../../resources/find-objects.ts';

const REVISION = 'deployment.kubernetes.io/revision';
const CHANGE_CAUSE = 'kubernetes.io/change-cause';

/** FoundDeployment is a Deployment with the resource it belongs to. */
export interface FoundDeployment extends FoundObject {
  readonly deployment: Deployment;
}

/** isDeploymentResource tells whether a resource is that of Deployments. */
export function isDeploymentResource({ resource, group }: Mapping): boolean {
  return resource === 'deployments' && group === 'apps';
}

/** revisionOf is the number of a revision of a Deployment; zero as long as it has none. */
export function revisionOf({ metadata }: KubeObject): number {
  return Number(metadata.annotations?.[REVISION] ?? 0);
}

/** replicaSetsOf gets the replica sets that a Deployment controls, the newest revision first. */
export async function replicaSetsOf(deployment: Deployment, client: Client): Promise<ReplicaSet[]> {
  const { uid, namespace } = deployment.metadata;
  const labelSelector = selectorObjectText(deployment.spec?.selector);
  const { items } = await client.list(REPLICA_SETS, { namespace, labelSelector });
  return items
    .filter(({ metadata }) =>
      metadata.ownerReferences?.some((owner) => owner.controller && owner.uid === uid),
    )
    .sort((a, b) => revisionOf(b) - revisionOf(a));
}

function causeOf({ metadata }: ReplicaSet): string | undefined {
  return metadata.annotations?.[CHANGE_CAUSE] || undefined;
}

/** templateText describes a pod template with its tabs, as `rollout` prints it. */
export function templateText(template: PodTemplateSpec | undefined): string {
  const text = new Text();
  writePodTemplate(template, text);
  return text.raw();
}

function revisionText(set: ReplicaSet): string {
  const cause = causeOf(set);
  const { template } = set.spec ?? {};
  if (!cause || !template) return templateText(template);
  const annotations = { ...template.metadata?.annotations, [CHANGE_CAUSE]: cause };
  return templateText({ ...template, metadata: { ...template.metadata, annotations } });
}

/** historyText lists the revisions of a Deployment, or describes the one that is asked for. */
export function historyText(sets: readonly ReplicaSet[], revision: number): string {
  if (sets.length === 0) return 'No rollout history found.';
  if (revision > 0) {
    const found = sets.find((set) => revisionOf(set) === revision);
    if (!found) throw new CliError('unable to find the specified revision');
    return revisionText(found);
  }
  const rows = sets
    .toReversed()
    .map((set) => `${revisionOf(set)}\t${causeOf(set) ?? '<none>'}\n`)
    .join('');
  return new TabWriter(KUBE_DESCRIBE_LAYOUT).format(`REVISION\tCHANGE-CAUSE\n${rows}`);
}

/** deploymentState words how far a Deployment's rollout is as kubectl does; a failed one throws. */
export function deploymentState(
  deployment: Deployment,
  revision: number,
): { text: string; isDone: boolean } {
  const { metadata, spec, status = {} } = deployment;
  const name = JSON.stringify(metadata.name);
  const current = revisionOf(deployment);
  if (revision > 0 && revision !== current)
    throw new CliError(
      `desired revision (${revision}) is different from the running revision (${current})`,
    );
  if ((metadata.generation ?? 0) > (status.observedGeneration ?? 0))
    return { text: 'Waiting for deployment spec update to be observed...\n', isDone: false };
  const progressing = status.conditions?.find(({ type }) => type === 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded')
    throw new CliError(`deployment ${name} exceeded its progress deadline`);
  const waiting = awaitedReplicas(spec?.replicas ?? 0, status);
  if (waiting !== undefined) {
    return {
      text: `Waiting for deployment ${name} rollout to finish: ${waiting}...\n`,
      isDone: false,
    };
  }
  return { text: `deployment ${name} successfully rolled out\n`, isDone: true };
}

/** awaitedReplicas says what a rollout waits for; undefined: all replicas are new and available. */
export function awaitedReplicas(
  wanted: number,
  status: {
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
  },
): string | undefined {
  const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
  if (updatedReplicas < wanted)
    return `${updatedReplicas} out of ${wanted} new replicas have been updated`;
  if (replicas > updatedReplicas)
    return `${replicas - updatedReplicas} old replicas are pending termination`;
  if (availableReplicas < updatedReplicas)
    return `${availableReplicas} of ${updatedReplicas} updated replicas are available`;
  return undefined;
}
