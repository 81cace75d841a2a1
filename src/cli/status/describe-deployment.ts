import type { DeploymentConfig } from '../../apis/apps.openshift.io/v1/types.ts';
import type {
  Container,
  ObjectReference,
  ReplicationController,
} from '../../apis/core/v1/types.ts';
import { ago, describeBuildConfig, describeBuilds, imageText, sameTag } from './describe-build.ts';
import { deploymentsOf, deploymentVersion, matches, type ProjectState } from './project-state.ts';

const MAX_DEPLOYMENTS = 2;

/** Replicated is what replication controllers and replica sets have in common. */
export interface Replicated {
  readonly spec?: { readonly replicas?: number };
  readonly status?: { readonly replicas?: number; readonly readyReplicas?: number };
}

/** podSummary is ` - 1/3 pods growing to 3`; empty when nothing runs and nothing should. */
export function podSummary(
  { spec, status }: Replicated,
  options: { readonly withEmpty: boolean; readonly restarts: number },
): string {
  const ready = status?.readyReplicas ?? 0;
  const actual = status?.replicas ?? 0;
  const wanted = spec?.replicas ?? 0;
  if (ready === wanted && ready === 0 && !options.withEmpty) return '';
  const warning = options.restarts > 0 ? ` (warning: ${options.restarts} restarts)` : '';
  const count =
    ready === wanted
      ? ready === 0
        ? '0 pods'
        : `${ready} pod${ready > 1 ? 's' : ''}${warning}`
      : `${ready}/${wanted} pods${warning}`;
  const change =
    wanted < actual ? ` reducing to ${wanted}` : wanted > actual ? ` growing to ${wanted}` : '';
  return ` - ${count}${change}`;
}

/** restartsOf is how often a container of the selected pods was started again; old restarts do not count. */
export function restartsOf(
  selector: Readonly<Record<string, string>> | undefined,
  state: ProjectState,
  now: Date,
): number {
  const recent = state.pods
    .filter(({ metadata }) => matches(selector, metadata.labels))
    .flatMap(({ status }) => status?.containerStatuses ?? [])
    .filter(({ lastState }) => {
      const finished = lastState?.terminated?.finishedAt;
      return finished !== undefined && now.getTime() - Date.parse(finished) < 10 * 60_000;
    });
  return Math.max(0, ...recent.map(({ restartCount }) => restartCount));
}

interface LineOptions {
  readonly isFirst: boolean;
  readonly isTest: boolean;
  readonly restarts: number;
  readonly now: Date;
}

function deploymentLine(rc: ReplicationController, options: LineOptions): string {
  const { isFirst, isTest, restarts, now } = options;
  const notes = rc.metadata.annotations ?? {};
  const phase = notes['openshift.io/deployment.phase'] ?? 'New';
  const time = ago(rc.metadata.creationTimestamp, now);
  const id = `deployment #${deploymentVersion(rc)}`;
  const ended = phase === 'Complete' || phase === 'Failed';
  const cancelling =
    notes['openshift.io/deployment.cancelled'] === 'true' && !ended ? ' (cancelling)' : '';
  const test = isTest ? 'test ' : '';
  const pods = podSummary(rc, { withEmpty: phase === 'Complete' && isFirst, restarts });
  switch (phase) {
    case 'Failed': {
      const reason = notes['openshift.io/deployment.status-reason'];
      return `${id} failed ${time} ago${reason ? `: ${reason}` : ''}${pods}`;
    }
    case 'Complete':
      return isTest ? `test ${id} deployed ${time} ago` : `${id} deployed ${time} ago${pods}`;
    case 'Running':
      return `${test}${id} running${cancelling} for ${time}${pods}`;
    default:
      return `${id} ${phase.toLowerCase()}${cancelling} ${time} ago${pods}`;
  }
}

function waitingFor({ spec }: DeploymentConfig): { text: string; isAutomatic: boolean } {
  const types = new Set((spec?.triggers ?? []).map(({ type }) => type));
  const [config, image] = [types.has('ConfigChange'), types.has('ImageChange')];
  if (config && image) return { text: 'on image or update', isAutomatic: true };
  if (config) return { text: 'on update', isAutomatic: true };
  return image
    ? { text: 'on image', isAutomatic: true }
    : { text: 'for manual', isAutomatic: false };
}

function rolloutLines(config: DeploymentConfig, state: ProjectState, now: Date): string[] {
  const name = config.metadata.name ?? '';
  const latest = config.status?.latestVersion ?? 0;
  const rollouts = deploymentsOf(name, state.replicationControllers);
  const [newest] = rollouts;
  const lines: string[] = [];
  if (!newest || newest.metadata.name !== `${name}-${latest}`) {
    const { text, isAutomatic } = waitingFor(config);
    if (latest === 0) lines.push(`deployment #1 waiting ${text}`);
    else if (isAutomatic) lines.push(`deployment #${latest} pending ${text}`);
  }
  const isTest = config.spec?.test === true;
  return lines.concat(
    rollouts.slice(0, MAX_DEPLOYMENTS).map((rc, index) =>
      deploymentLine(rc, {
        isFirst: index === 0,
        isTest,
        restarts: restartsOf(rc.spec?.selector, state, now),
        now,
      }),
    ),
  );
}

function imageOf(container: Container, config: DeploymentConfig): ObjectReference {
  const trigger = config.spec?.triggers?.find(({ imageChangeParams }) =>
    imageChangeParams?.containerNames?.includes(container.name),
  );
  return trigger?.imageChangeParams?.from ?? { kind: 'DockerImage', name: container.image ?? '' };
}

/** ImagePipeline tells of an image and the builds that make it. */
export interface ImagePipeline {
  readonly text: string;
  readonly buildLines: readonly string[];
  /** The BuildConfig that makes the image. */
  readonly buildConfig: string | undefined;
}

/** pipelineOf describes an image of a container, with the builds behind it. */
export function pipelineOf(
  image: ObjectReference,
  state: ProjectState,
  options: { readonly now: Date; readonly withSuccess: boolean },
): ImagePipeline {
  const namespace = state.project.metadata.name ?? '';
  const text = imageText(image, namespace);
  const config = state.buildConfigs.find(({ spec }) => sameTag(spec.output?.to, image, namespace));
  if (!config) return { text, buildLines: [], buildConfig: undefined };
  return {
    text: `${text} <- ${describeBuildConfig(config, state.buildConfigs, namespace)}`,
    buildLines: describeBuilds(config, state, options).map((line) => `  ${line}`),
    buildConfig: config.metadata.name,
  };
}

/** Description is lines, the first of them the heading, and the BuildConfigs they tell about. */
export interface Description {
  readonly lines: readonly string[];
  readonly buildConfigs: readonly string[];
}

/** headingOf puts the build of a long heading into a line of its own. */
export function headingOf(line: string): string[] {
  const [before = '', after] = line.split(/ <- (.*)/s);
  return line.length > 120 && after !== undefined ? [`${before} <-`, after] : [line];
}

/** describeDeploymentConfig are the lines about a DeploymentConfig, its builds and its rollouts. */
export function describeDeploymentConfig(
  config: DeploymentConfig,
  state: ProjectState,
  now: Date,
): Description {
  const name = `dc/${config.metadata.name}`;
  const latest = `${config.metadata.name}-${config.status?.latestVersion ?? 0}`;
  const withSuccess = !state.replicationControllers.some(
    ({ metadata }) => metadata.name === latest,
  );
  const containers = config.spec?.template?.spec?.containers ?? [];
  const pipelines = containers.map((one) =>
    pipelineOf(imageOf(one, config), state, { now, withSuccess }),
  );
  const buildConfigs = pipelines.flatMap(({ buildConfig }) => buildConfig ?? []);
  const verb = config.spec?.test ? 'test deploys' : 'deploys';
  const trigger = (config.spec?.triggers ?? []).length === 0 ? '(manual)' : '';
  const rollouts = rolloutLines(config, state, now);
  const [only] = pipelines;
  if (!only || pipelines.length > 1)
    return {
      lines: [
        `${name} ${verb} ${trigger}`,
        ...pipelines.flatMap(({ text, buildLines }) => [text, ...buildLines]),
        ...rollouts,
      ],
      buildConfigs,
    };
  const head = headingOf(`${name} ${verb} ${only.text} ${trigger}`);
  return { lines: [...head, ...only.buildLines, ...rollouts], buildConfigs };
}

/** describeReplicationController are the lines about a replication controller of its own. */
export function describeReplicationController(rc: ReplicationController, now: Date): string[] {
  const { name, creationTimestamp } = rc.metadata;
  const images = (rc.spec?.template?.spec?.containers ?? []).map(({ image }) => image);
  const pods = podSummary(rc, { withEmpty: false, restarts: 0 });
  return [
    `rc/${name} runs ${images.join(', ')}`,
    `rc/${name} created ${ago(creationTimestamp, now)} ago${pods}`,
  ];
}
