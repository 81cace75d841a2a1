import type { Deployment, ReplicaSet } from '../../../apis/apps/v1/types.ts';
import { DEPLOYMENTS } from '../../../apis/resource-types.ts';
import { controllerReference } from '../owner.ts';
import {
  type Annotations,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  REVISION,
  REVISION_HISTORY,
  sharedAnnotations,
  TEMPLATE_HASH,
} from './annotations.ts';
import { sameTemplate, templateHash } from './template-hash.ts';

/** The history of revisions is forgotten from the front when it gets longer than this. */
const MAX_HISTORY_LENGTH = 2000;

/** byAge sorts objects from the oldest to the youngest. */
function byAge(a: ReplicaSet, b: ReplicaSet): number {
  const order = (a.metadata.creationTimestamp ?? '').localeCompare(
    b.metadata.creationTimestamp ?? '',
  );
  return order || (a.metadata.name ?? '').localeCompare(b.metadata.name ?? '');
}

/** latestOf is the replica set that has a deployment's present template: the oldest, if several. */
export function latestOf(
  deployment: Deployment,
  sets: readonly ReplicaSet[],
): ReplicaSet | undefined {
  const { template } = deployment.spec ?? {};
  return [...sets].sort(byAge).find((one) => sameTemplate(one.spec?.template, template));
}

/** revisionOf is the number of a replica set's version; 0 where it has none. */
export function revisionOf(set: ReplicaSet): bigint {
  const text = set.metadata.annotations?.[REVISION] ?? '';
  return /^-?\d+$/.test(text) ? BigInt(text) : 0n;
}

/** byRevision sorts replica sets from the lowest revision to the highest. */
export function byRevision(a: ReplicaSet, b: ReplicaSet): number {
  const [one, other] = [revisionOf(a), revisionOf(b)];
  return one === other ? 0 : one < other ? -1 : 1;
}

/** nextRevision is the number that the latest version has above all older ones. */
export function nextRevision(older: readonly ReplicaSet[]): bigint {
  const last = [...older].sort(byRevision).at(-1);
  const highest = last ? revisionOf(last) : 0n;
  return (highest > 0n ? highest : 0n) + 1n;
}

/** sizeAnnotations tell for how many pods in all a replica set was scaled. */
export function sizeAnnotations(desired: number, maxSurge: number): Record<string, string> {
  return { [DESIRED_REPLICAS]: String(desired), [MAX_REPLICAS]: String(desired + maxSurge) };
}

function historyWith(annotations: Annotations | undefined, revision: bigint): string {
  const history = (annotations?.[REVISION_HISTORY] ?? '').split(',').filter((one) => one !== '');
  history.push(String(revision));
  while (history.length > 1 && history.join(',').length > MAX_HISTORY_LENGTH) history.shift();
  return history.join(',');
}

/** latestAnnotations are those of the latest replica set: the deployment's, and its revision. */
export function latestAnnotations(
  deployment: Deployment,
  set: ReplicaSet,
  revision: bigint,
): Record<string, string> {
  const before = set.metadata.annotations;
  const after = { ...before, ...sharedAnnotations(deployment.metadata.annotations) };
  const present = revisionOf(set);
  if (present >= revision) return after;
  if (present > 0n) after[REVISION_HISTORY] = historyWith(before, present);
  return { ...after, [REVISION]: String(revision) };
}

/** newReplicaSet makes the replica set of a deployment's present template, `NAME-HASH`. */
export function newReplicaSet(
  deployment: Deployment,
  options: { readonly replicas: number; readonly revision: bigint; readonly maxSurge: number },
): ReplicaSet {
  const { metadata, spec, status } = deployment;
  const { template, selector = {}, minReadySeconds } = spec ?? {};
  const hash = templateHash(template ?? {}, status?.collisionCount ?? 0);
  const labels = { ...template?.metadata?.labels, [TEMPLATE_HASH]: hash };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${metadata.name}-${hash}`,
      namespace: metadata.namespace ?? '',
      labels,
      annotations: {
        ...sharedAnnotations(metadata.annotations),
        ...sizeAnnotations(spec?.replicas ?? 1, options.maxSurge),
        [REVISION]: String(options.revision),
      },
      ownerReferences: [controllerReference(DEPLOYMENTS, deployment)],
    },
    spec: {
      replicas: options.replicas,
      ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [TEMPLATE_HASH]: hash } },
      template: { ...template, metadata: { ...template?.metadata, labels } },
    },
  };
}
