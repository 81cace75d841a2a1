import type { Deployment, ReplicaSet } from '../../apis/apps/v1/types.ts';
import type { Container, ObjectReference } from '../../apis/core/v1/types.ts';
import { containerTriggersOf } from '../image-triggers.ts';
import { ago } from './describe-build.ts';
import {
  type Description,
  headingOf,
  pipelineOf,
  podSummary,
  restartsOf,
} from './describe-deployment.ts';
import type { ProjectState } from './project-state.ts';

const REVISION = 'deployment.kubernetes.io/revision';

function revisionOf({ metadata }: Deployment | ReplicaSet): number {
  return Number(metadata.annotations?.[REVISION] ?? 0);
}

/** isReplicaSetOf tells whether a replica set belongs to a Deployment. */
export function isReplicaSetOf(set: ReplicaSet, { metadata }: Deployment): boolean {
  const owners = set.metadata.ownerReferences ?? [];
  return owners.some(({ kind, name }) => kind === 'Deployment' && name === metadata.name);
}

/** selectorOf are the labels that a replica set's pods have. */
export function selectorOf({ spec }: ReplicaSet): Readonly<Record<string, string>> | undefined {
  return spec?.selector.matchLabels;
}

/** revisionLines say nothing while the newest replica set is not that of the current template. */
function revisionLines(deployment: Deployment, state: ProjectState, now: Date): string[] {
  const current = revisionOf(deployment);
  const sets = state.replicaSets
    .filter((set) => isReplicaSetOf(set, deployment))
    .sort((a, b) => revisionOf(b) - revisionOf(a));
  if (sets[0] === undefined || revisionOf(sets[0]) !== current) return [];
  return sets.map((set) => {
    const revision = revisionOf(set);
    const time = ago(set.metadata.creationTimestamp, now);
    const pods = podSummary(set, {
      withEmpty: false,
      restarts: restartsOf(selectorOf(set), state, now),
    });
    const text = revision === current ? `running for ${time}` : `deployed ${time} ago`;
    return `deployment #${revision} ${text}${pods}`;
  });
}

function imagesOf(deployment: Deployment): ObjectReference[] {
  const spec = deployment.spec?.template.spec;
  const triggers = containerTriggersOf(deployment, spec);
  return (spec?.containers ?? []).flatMap(({ name, image = '' }: Container): ObjectReference[] => {
    const from = triggers.find(({ container }) => container === name)?.from;
    if (from) return [from];
    return image.trim() === '' ? [] : [{ kind: 'DockerImage', name: image }];
  });
}

/** describeDeployment are the lines about a Deployment, its builds and its revisions. */
export function describeDeployment(
  deployment: Deployment,
  state: ProjectState,
  now: Date,
): Description {
  const heading = `deployment/${deployment.metadata.name} deploys`;
  const pipelines = imagesOf(deployment).map((image) =>
    pipelineOf(image, state, { now, withSuccess: false }),
  );
  const buildConfigs = pipelines.flatMap(({ buildConfig }) => buildConfig ?? []);
  const revisions = revisionLines(deployment, state, now);
  const [only] = pipelines;
  if (only && pipelines.length === 1) {
    const lines = [...headingOf(`${heading} ${only.text} `), ...only.buildLines, ...revisions];
    return { lines, buildConfigs };
  }
  const texts = pipelines.flatMap(({ text, buildLines }) => [text, ...buildLines]);
  const images = (deployment.spec?.template.spec?.containers ?? []).map(({ image }) => image);
  const shown = only ? '' : images.join(',');
  return { lines: [`${heading} ${shown}`, ...texts, ...revisions], buildConfigs };
}

/** describeReplicaSet are the lines about a replica set of its own. */
export function describeReplicaSet(set: ReplicaSet, now: Date): string[] {
  const { name, creationTimestamp } = set.metadata;
  const images = (set.spec?.template?.spec?.containers ?? []).map(({ image }) => image);
  const pods = podSummary(set, { withEmpty: false, restarts: 0 });
  return [
    `rs/${name} runs ${images.join(', ')}`,
    `rs/${name} created ${ago(creationTimestamp, now)} ago${pods}`,
  ];
}
