import type { DeploymentConfig } from '../../apis/apps.openshift.io/v1/types.ts';
import type { Endpoints, Event, Pod, ReplicationController } from '../../apis/core/v1/types.ts';
import type { Project } from '../../apis/project.openshift.io/v1/types.ts';
import type { Route } from '../../apis/route.openshift.io/v1/types.ts';
import { relativeAge, relativeDuration } from '../../machinery/relative-time.ts';
import { podCounts } from './core-kinds.ts';
import { inline, type Text } from './describer.ts';
import { writeEvents } from './events.ts';
import { openshiftHead, orNone } from './openshift-meta.ts';
import { writePodTemplate } from './pod.ts';

/** Rollout is a replication controller of a DeploymentConfig with its pods. */
export interface Rollout {
  readonly controller: ReplicationController;
  readonly pods: readonly Pod[];
}

const noteOf = ({ controller }: Rollout, name: string) =>
  controller.metadata.annotations?.[`openshift.io/${name}`];
const versionOf = (rollout: Rollout) =>
  Number(noteOf(rollout, 'deployment-config.latest-version') ?? 0);

function triggersText({ spec }: DeploymentConfig): string {
  const texts = (spec?.triggers ?? []).map(({ type, imageChangeParams }) => {
    if (type !== 'ImageChange') return 'Config';
    const [name, tag = ''] = (imageChangeParams?.from?.name ?? '').split(':');
    return `Image(${name}@${tag}, auto=${imageChangeParams?.automatic === true})`;
  });
  return texts.join(', ') || '<none>';
}

function writeRollout(
  rollout: Rollout,
  header: string,
  verbose: boolean,
  now: Date,
  text: Text,
): void {
  const { metadata, spec, status } = rollout.controller;
  text.line(`${header}:`);
  if (verbose) text.line(`\tName:\t${metadata.name}`);
  const age = relativeDuration(
    now.getTime() - Date.parse(metadata.creationTimestamp ?? ''),
  ).toLowerCase();
  text
    .line(`\tCreated:\t${age} ago`)
    .line(`\tStatus:\t${noteOf(rollout, 'deployment.phase') || 'New'}`)
    .line(`\tReplicas:\t${status?.replicas ?? 0} current / ${spec?.replicas ?? 0} desired`);
  if (!verbose) return;
  text
    .line(`\tSelector:\t${inline(spec?.selector)}`)
    .line(`\tLabels:\t${inline(metadata.labels)}`)
    .line(`\tPods Status:\t${podCounts(rollout.pods)}`);
}

/** describeDeploymentConfig is what `describe dc` prints; rollouts come with the newest first. */
export function describeDeploymentConfig(
  config: DeploymentConfig,
  rollouts: readonly Rollout[],
  events: readonly Event[],
  now: Date,
): string {
  const { spec, status, metadata } = config;
  const latest = status?.latestVersion ?? 0;
  const text = openshiftHead(config, now)
    .field('Latest Version', latest === 0 ? 'Not deployed' : latest)
    .field('Selector', inline(spec?.selector))
    .field(
      'Replicas',
      `${spec?.replicas ?? 0}${spec?.test ? ' (test, will be scaled down between deployments)' : ''}`,
    );
  if (spec?.paused) text.field('Paused', 'yes');
  text.field('Triggers', triggersText(config)).field('Strategy', orNone(spec?.strategy?.type));
  if (spec?.minReadySeconds) text.field('MinReadySeconds', spec.minReadySeconds);
  text.line('Template:');
  writePodTemplate(spec?.template, text);
  text.line();
  const current = rollouts.find(
    ({ controller }) => controller.metadata.name === `${metadata.name}-${latest}`,
  );
  const active = rollouts.find((one) => noteOf(one, 'deployment.phase') === 'Complete');
  if (current)
    writeRollout(
      current,
      `Deployment #${versionOf(current)} (latest)`,
      current === active || rollouts.length === 1,
      now,
      text,
    );
  else text.field('Latest Deployment', '<none>');
  for (const rollout of current ? rollouts.filter((one) => one !== current).slice(0, 2) : [])
    writeRollout(rollout, `Deployment #${versionOf(rollout)}`, rollout === active, now, text);
  writeEvents(events.slice(-8).reverse(), now, text.line());
  return text.format();
}

function endpointsText(
  endpoints: Endpoints | undefined,
  target: string | number | undefined,
): string {
  const all = (endpoints?.subsets ?? []).flatMap(({ ports = [], addresses = [] }) =>
    ports
      .filter(
        ({ name, port }) =>
          target === undefined || String(target) === name || Number(target) === port,
      )
      .flatMap(({ port }) => addresses.map(({ ip }) => `${ip}:${port}`)),
  );
  if (all.length === 0) return '<none>';
  return `${all.slice(0, 3).join(', ')}${all.length > 3 ? ` + ${all.length - 3} more...` : ''}`;
}

function writeIngress({ spec, status }: Route, now: Date, text: Text): void {
  text.field('Requested Host', spec.host || '<auto>');
  for (const {
    host = '',
    routerName = '',
    conditions = [],
    routerCanonicalHostname,
  } of status?.ingress ?? []) {
    const admitted = conditions.find(({ type }) => type === 'Admitted');
    const isOwn = host === spec.host;
    const name = routerCanonicalHostname ? ` (host ${routerCanonicalHostname})` : '';
    const age = relativeAge(admitted?.lastTransitionTime, now).toLowerCase();
    if (admitted?.status === 'True') {
      const verb = isOwn ? 'exposed on' : `${host} exposed on`;
      text.line(`${isOwn ? '\t   ' : '\t'}${verb} router ${routerName}${name} ${age}`);
    } else if (admitted?.status === 'False')
      text.line(`\t   rejected by router ${routerName}: ${name}${admitted.reason ?? ''} (${age})`);
  }
}

/** describeRoute is what `describe route` prints; `endpoints` by service name. */
export function describeRoute(
  route: Route,
  endpoints: ReadonlyMap<string, Endpoints>,
  now: Date,
): string {
  const { spec } = route;
  const text = openshiftHead(route, now);
  writeIngress(route, now, text);
  text
    .field('Path', orNone(spec.path))
    .field('TLS Termination', orNone(spec.tls?.termination))
    .field('Insecure Policy', orNone(spec.tls?.insecureEdgeTerminationPolicy))
    .field('Endpoint Port', spec.port ? String(spec.port.targetPort) : '<all endpoint ports>');
  const backends = [spec.to, ...(spec.alternateBackends ?? [])];
  const total = backends.reduce((sum, { weight = 0 }) => sum + weight, 0);
  for (const { name, weight = 0 } of backends) {
    text.line().field('Service', name);
    text.field('Weight', weight > 0 ? `${weight} (${Math.floor((weight * 100) / total)}%)` : '0');
    text.field('Endpoints', endpointsText(endpoints.get(name), spec.port?.targetPort));
  }
  return text.format();
}

/** describeProject is what `describe project` prints. */
export function describeProject(project: Project, now: Date): string {
  const notes = project.metadata.annotations ?? {};
  return openshiftHead(project, now)
    .field('Display Name', orNone(notes['openshift.io/display-name']))
    .field('Description', orNone(notes['openshift.io/description']))
    .field('Status', orNone(project.status?.phase))
    .field('Node Selector', orNone(notes['openshift.io/node-selector']))
    .field('Quota', '<none>')
    .field('Resource limits', '<none>')
    .format();
}
