import type { Deployment, ReplicaSet } from '../../apis/apps/v1/types.ts';
import type { Pod, ReplicationController, Service } from '../../apis/core/v1/types.ts';
import { describeBuildConfig, describeBuilds, imageText } from './describe-build.ts';
import { describeDeploymentConfig, describeReplicationController } from './describe-deployment.ts';
import {
  describeDeployment,
  describeReplicaSet,
  isReplicaSetOf,
  selectorOf,
} from './describe-kube-deployment.ts';
import { describeService } from './describe-service.ts';
import { describeMarkers, findMarkers } from './markers.ts';
import { byName, deploymentConfigOf, matches, type ProjectState } from './project-state.ts';

/** StatusOptions are what a status needs beside the project. */
export interface StatusOptions {
  readonly server: string;
  readonly suggest: boolean;
  readonly program: string;
  readonly now: Date;
}

function heading({ project }: ProjectState, server: string): string {
  const { name, annotations } = project.metadata;
  const title = annotations?.['openshift.io/display-name'];
  const text = title && title !== name ? `${title} (${name})` : name;
  return `In project ${text}${server ? ` on server ${server}` : ''}\n`;
}

/** paragraph indents all lines but the first, and the whole by `depth`. */
function paragraph(lines: readonly string[], depth: number): string {
  const indent = '  '.repeat(depth);
  return lines.map((line, index) => `${indent}${index === 0 ? '' : '  '}${line}\n`).join('');
}

function selectorKey({ spec }: Service): string {
  return Object.entries(spec?.selector ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(',');
}

function podLine({ metadata, spec }: Pod): string {
  return `pod/${metadata.name} runs ${(spec?.containers ?? []).map(({ image }) => image).join(', ')}`;
}

function isBoring({ metadata, status }: Pod): boolean {
  return (
    Boolean(metadata.labels?.['openshift.io/deployer-pod-for.name']) ||
    Boolean(metadata.annotations?.['openshift.io/build.name']) ||
    status?.phase === 'Succeeded' ||
    status?.phase === 'Failed'
  );
}

class ProjectDescriber {
  private readonly state: ProjectState;
  private readonly now: Date;
  private readonly configsDone = new Set<string>();
  private readonly deploymentsDone = new Set<Deployment>();
  private readonly replicaSetsDone = new Set<ReplicaSet>();
  private readonly buildsDone = new Set<string>();
  private readonly controllersDone = new Set<ReplicationController>();
  private readonly podsDone = new Set<Pod>();

  constructor(state: ProjectState, now: Date) {
    this.state = state;
    this.now = now;
    for (const pod of state.pods)
      if (
        state.replicationControllers.some((rc) =>
          matches(rc.spec?.selector, pod.metadata.labels),
        ) ||
        state.replicaSets.some((set) => matches(selectorOf(set), pod.metadata.labels))
      )
        this.podsDone.add(pod);
  }

  paragraphs(): string[] {
    return [
      ...this.serviceGroups(),
      ...byName(this.state.deploymentConfigs)
        .filter(({ metadata }) => !this.configsDone.has(metadata.name ?? ''))
        .map((config) => paragraph(this.deploymentConfig(config), 0)),
      ...byName(this.state.deployments)
        .filter((one) => !this.deploymentsDone.has(one))
        .map((one) => paragraph(this.deployment(one), 0)),
      ...this.builds(),
      ...byName(this.state.replicationControllers)
        .filter((rc) => !this.controllersDone.has(rc) && !deploymentConfigOf(rc))
        .map((rc) => paragraph(describeReplicationController(rc, this.now), 0)),
      ...byName(this.state.replicaSets)
        .filter((set) => !this.replicaSetsDone.has(set) && !this.isOfDeployment(set))
        .map((set) => paragraph(describeReplicaSet(set, this.now), 0)),
      ...byName(this.state.pods)
        .filter((pod) => !this.podsDone.has(pod) && !isBoring(pod))
        .map((pod) => `${podLine(pod)}\n`),
    ];
  }

  private serviceGroups(): string[] {
    const groups = new Map<string, Service[]>();
    for (const service of byName(this.state.services)) {
      const key = selectorKey(service) || `/${service.metadata.name}`;
      groups.set(key, [...(groups.get(key) ?? []), service]);
    }
    return [...groups.values()].map((group) => this.serviceGroup(group));
  }

  private serviceGroup([first, ...others]: readonly Service[]): string {
    if (!first) return '';
    const { selector } = first.spec ?? {};
    const { routes, deploymentConfigs, replicationControllers, pods } = this.state;
    const heads = [...others, first].map((one) => paragraph(describeService(one, routes), 0));
    const configs = byName(deploymentConfigs)
      .filter(({ spec }) => matches(selector, spec?.template?.metadata?.labels))
      .map((config) => paragraph(this.deploymentConfig(config), 1));
    const deployments = byName(this.state.deployments)
      .filter(({ spec }) => matches(selector, spec?.template.metadata?.labels))
      .map((one) => paragraph(this.deployment(one), 1));
    const sets = byName(this.state.replicaSets)
      .filter(
        (set) =>
          !this.isOfDeployment(set) && matches(selector, set.spec?.template?.metadata?.labels),
      )
      .map((set) => {
        this.replicaSetsDone.add(set);
        return paragraph(describeReplicaSet(set, this.now), 1);
      });
    const controllers = byName(replicationControllers)
      .filter(
        (rc) => !deploymentConfigOf(rc) && matches(selector, rc.spec?.template?.metadata?.labels),
      )
      .map((rc) => {
        this.controllersDone.add(rc);
        return paragraph(describeReplicationController(rc, this.now), 1);
      });
    const single = byName(pods)
      .filter((pod) => !this.podsDone.has(pod) && matches(selector, pod.metadata.labels))
      .map((pod) => {
        this.podsDone.add(pod);
        return paragraph([podLine(pod)], 1);
      });
    return [...heads, ...configs, ...deployments, ...sets, ...controllers, ...single].join('');
  }

  private isOfDeployment(set: ReplicaSet): boolean {
    return this.state.deployments.some((one) => isReplicaSetOf(set, one));
  }

  private deployment(one: Deployment): readonly string[] {
    this.deploymentsDone.add(one);
    const { lines, buildConfigs } = describeDeployment(one, this.state, this.now);
    for (const name of buildConfigs) this.buildsDone.add(name);
    return lines;
  }

  private deploymentConfig(config: ProjectState['deploymentConfigs'][number]): readonly string[] {
    this.configsDone.add(config.metadata.name ?? '');
    const { lines, buildConfigs } = describeDeploymentConfig(config, this.state, this.now);
    for (const name of buildConfigs) this.buildsDone.add(name);
    return lines;
  }

  private builds(): string[] {
    const namespace = this.state.project.metadata.name ?? '';
    return byName(this.state.buildConfigs)
      .filter(({ metadata }) => !this.buildsDone.has(metadata.name ?? ''))
      .map((config) => {
        const { to } = config.spec.output ?? {};
        const details = describeBuilds(config, this.state, { now: this.now, withSuccess: true });
        return paragraph(
          [
            describeBuildConfig(config, this.state.buildConfigs, namespace),
            ...(to ? [`-> ${imageText(to, namespace)}`] : []),
            ...details,
          ],
          0,
        );
      });
  }
}

/** describeProject is the whole output of `status`. */
export function describeProject(state: ProjectState, options: StatusOptions): string {
  const { server, suggest, program, now } = options;
  const paragraphs = new ProjectDescriber(state, now).paragraphs();
  const isEmpty =
    state.services.length + state.deploymentConfigs.length + state.buildConfigs.length === 0;
  const markers = describeMarkers(findMarkers(state, program), { suggest, program, isEmpty });
  return `${heading(state, server)}${paragraphs.map((one) => `\n${one}`).join('')}\n${markers}`;
}
