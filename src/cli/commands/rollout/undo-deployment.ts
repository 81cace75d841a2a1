import type { Deployment, ReplicaSet } from '../../../apis/apps/v1/types.ts';
import type { PodTemplateSpec } from '../../../apis/core/v1/types.ts';
import { DEPLOYMENTS } from '../../../apis/resource-types.ts';
import { semanticEqual } from '../../../machinery/deep-equal.ts';
import { CliError } from '../../cli-error.ts';
import type { Invocation } from '../../command.ts';
import { dryRunOf, writeOptionsOf } from '../../write/write-flags.ts';
import { type FoundDeployment, replicaSetsOf, revisionOf, templateText } from './deployments.ts';

const HASH = 'pod-template-hash';

/** The annotations that a Deployment keeps when it goes back to an older revision. */
const KEPT = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'deployment.kubernetes.io/revision',
  'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
  'deprecated.deployment.rollback.to',
]);

/** revisionFor chooses the revision to go back to; zero means the one before the newest. */
export function revisionFor(
  { metadata }: Deployment,
  sets: readonly ReplicaSet[],
  toRevision: number,
): ReplicaSet {
  const found = toRevision === 0 ? sets[1] : sets.find((set) => revisionOf(set) === toRevision);
  if (found) return found;
  throw new CliError(
    toRevision === 0
      ? `no rollout history found for deployment ${JSON.stringify(metadata.name)}`
      : `unable to find specified revision ${toRevision} in history`,
  );
}

/** templateOf is the template of a replica set without the label that only its pods have. */
function templateOf({ spec }: ReplicaSet): PodTemplateSpec | undefined {
  const { [HASH]: _hash, ...labels } = spec?.template?.metadata?.labels ?? {};
  return { ...spec?.template, metadata: { ...spec?.template?.metadata, labels } };
}

function annotationsFor(deployment: Deployment, set: ReplicaSet): Record<string, string> {
  const own = Object.entries(deployment.metadata.annotations ?? {});
  const old = Object.entries(set.metadata.annotations ?? {});
  return Object.fromEntries([
    ...own.filter(([key]) => KEPT.has(key)),
    ...old.filter(([key]) => !KEPT.has(key)),
  ]);
}

/** undoDeployment gives a Deployment the template of an older revision, and answers what it did. */
export async function undoDeployment(
  { deployment, namespace }: FoundDeployment,
  invocation: Invocation,
): Promise<string> {
  const { session, flags } = invocation;
  const toRevision = flags.int('to-revision');
  const client = await session.client();
  const sets = await replicaSetsOf(deployment, client);
  const set = revisionFor(deployment, sets, toRevision);
  const dryRun = dryRunOf(invocation);
  if (dryRun === 'client') return templateText(set.spec?.template);
  if (deployment.spec?.paused)
    throw new CliError(
      `you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again`,
    );
  const template = templateOf(set);
  if (semanticEqual(template, deployment.spec?.template))
    return `skipped rollback (current template already matches revision ${toRevision})`;
  await client.patch(
    DEPLOYMENTS,
    { namespace, name: deployment.metadata.name ?? '' },
    {
      type: 'application/json-patch+json',
      body: [
        { op: 'replace', path: '/spec/template', value: template },
        { op: 'replace', path: '/metadata/annotations', value: annotationsFor(deployment, set) },
      ],
    },
    writeOptionsOf(flags, dryRun),
  );
  return 'rolled back';
}
