import type { Container, Pod } from '../../apis/core/v1/types.ts';
import { byName, deploymentConfigOf, type ProjectState } from './project-state.ts';

/** Marker is something in a project that the user should know. */
export interface Marker {
  readonly severity: 'error' | 'warning' | 'info';
  readonly message: string;
  /** A command, or an explanation of several lines. */
  readonly suggestion: string;
}

function probeMarkers(
  name: string,
  containers: readonly Container[],
  options: { readonly program: string; readonly wantsReadiness: boolean },
): Marker[] {
  const { program, wantsReadiness } = options;
  const markers: Marker[] = [];
  if (wantsReadiness && containers.every(({ readinessProbe }) => !readinessProbe))
    markers.push({
      severity: 'info',
      message: `${name} has no readiness probe to verify pods are ready to accept traffic or ensure deployment is successful.`,
      suggestion: `${program} set probe ${name} --readiness ...`,
    });
  if (containers.every(({ livenessProbe }) => !livenessProbe))
    markers.push({
      severity: 'info',
      message: `${name} has no liveness probe to verify pods are still running.`,
      suggestion: `${program} set probe ${name} --liveness ...`,
    });
  return markers;
}

function routeMarkers({ routes, services }: ProjectState): Marker[] {
  return byName(routes).flatMap(({ metadata, spec, status }) => {
    const name = `route/${metadata.name}`;
    const rejected = (status?.ingress ?? [])
      .flatMap(({ conditions }) => conditions ?? [])
      .find(({ type, status: state }) => type === 'Admitted' && state === 'False');
    if (rejected)
      return [
        {
          severity: 'error' as const,
          message: `${name} was not accepted by router: ${rejected.message ?? ''} (${rejected.reason ?? ''})`,
          suggestion: '',
        },
      ];
    const service = services.find((one) => one.metadata.name === spec.to.name);
    if (!service)
      return [
        {
          severity: 'error' as const,
          message: `${name} is supposed to route traffic to svc/${spec.to.name} but svc/${spec.to.name} doesn't exist.`,
          suggestion: '',
        },
      ];
    if ((status?.ingress ?? []).length > 0) return [];
    return [
      {
        severity: 'error' as const,
        message: `${name} is routing traffic to svc/${spec.to.name}, but either the administrator has not installed a router or the router is not selecting this route.`,
        suggestion: '',
      },
    ];
  });
}

function restartMarkers({ pods }: ProjectState, program: string): Marker[] {
  return byName(pods).flatMap((pod: Pod) =>
    (pod.status?.containerStatuses ?? []).flatMap(({ name, state, restartCount }): Marker[] => {
      if (state?.waiting?.reason !== 'CrashLoopBackOff') return [];
      const { name: podName } = pod.metadata;
      return [
        {
          severity: 'error',
          message: `pod/${podName} is crash-looping`,
          suggestion: `\nThe container is starting and exiting repeatedly. This usually means the container is unable\nto start, misconfigured, or limited by security restrictions. Check the container logs with\n\n  ${program} logs ${podName} -c ${name}\n\nCurrent security policy prevents your containers from being run as the root user. Some images\nmay fail expecting to be able to change ownership or permissions on directories. (${restartCount} restarts)`,
        },
      ];
    }),
  );
}

function buildMarkers({ buildConfigs, imageStreams }: ProjectState): Marker[] {
  return byName(buildConfigs).flatMap(({ metadata, spec }) => {
    const { to } = spec.output ?? {};
    if (to?.kind !== 'ImageStreamTag') return [];
    const [stream = ''] = (to.name ?? '').split(':');
    if (imageStreams.some((one) => one.metadata.name === stream)) return [];
    return [
      {
        severity: 'error' as const,
        message: `bc/${metadata.name} is pushing to istag/${to.name}, but the image stream for that tag does not exist.`,
        suggestion: '',
      },
    ];
  });
}

/** findMarkers looks for mistakes in a project and things that are missing. */
export function findMarkers(state: ProjectState, program: string): Marker[] {
  const controllers = byName(state.replicationControllers).filter((rc) => !deploymentConfigOf(rc));
  return [
    ...state.forbidden.map((resource) => ({
      severity: 'warning' as const,
      message: `Unable to list ${resource} resources.  Not all status relationships can be established.`,
      suggestion: '',
    })),
    ...restartMarkers(state, program),
    ...buildMarkers(state),
    ...routeMarkers(state),
    ...controllers.flatMap(({ metadata, spec }) =>
      probeMarkers(`rc/${metadata.name}`, spec?.template?.spec?.containers ?? [], {
        program,
        wantsReadiness: false,
      }),
    ),
    ...byName(state.deployments).flatMap(({ metadata, spec }) =>
      probeMarkers(`deployment/${metadata.name}`, spec?.template.spec?.containers ?? [], {
        program,
        wantsReadiness: false,
      }),
    ),
    ...byName(state.replicaSets)
      .filter(({ metadata }) => !metadata.ownerReferences?.some(({ controller }) => controller))
      .flatMap(({ metadata, spec }) =>
        probeMarkers(`rs/${metadata.name}`, spec?.template?.spec?.containers ?? [], {
          program,
          wantsReadiness: false,
        }),
      ),
    ...byName(state.deploymentConfigs).flatMap(({ metadata, spec }) =>
      spec?.test
        ? []
        : probeMarkers(`dc/${metadata.name}`, spec?.template?.spec?.containers ?? [], {
            program,
            wantsReadiness: true,
          }),
    ),
  ];
}

const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`;

function list(markers: readonly Marker[], suggest: boolean): string {
  return markers
    .map(({ severity, message, suggestion }) => {
      const line = suggest || severity === 'error' ? `  * ${message}\n` : '';
      if (!suggest || suggestion === '') return line;
      if (!suggestion.includes('\n')) return `${line}    try: ${suggestion}\n`;
      return `${line}\n${suggestion
        .split('\n')
        .map((one) => `    ${one}\n`)
        .join('')}`;
    })
    .join('');
}

/** MarkerOptions say how markers are shown, and what is said when there are none. */
export interface MarkerOptions {
  readonly suggest: boolean;
  readonly program: string;
  /** The project has no services, deployment configs or build configs. */
  readonly isEmpty: boolean;
}

/** describeMarkers is the end of `status`: errors, on demand the rest, and the last line. */
export function describeMarkers(markers: readonly Marker[], options: MarkerOptions): string {
  const { suggest, program, isEmpty } = options;
  const of = (severity: Marker['severity']) => markers.filter((one) => one.severity === severity);
  const [errors, warnings, infos] = [of('error'), of('warning'), of('info')];
  const parts: string[] = [];
  if (errors.length > 0) parts.push(`Errors:\n${list(errors, suggest)}`);
  if (suggest && warnings.length > 0) parts.push(`Warnings:\n${list(warnings, suggest)}`);
  if (suggest && infos.length > 0) parts.push(`Info:\n${list(infos, suggest)}`);
  const gap = errors.length > 0 || infos.length > 0 || (suggest && warnings.length > 0) ? '\n' : '';
  const counts = [
    errors.length > 0 ? plural(errors.length, 'error') : '',
    warnings.length > 0 ? plural(warnings.length, 'warning') : '',
    infos.length > 0 ? plural(infos.length, 'info') : '',
  ].filter((one) => one !== '');
  const hasMore =
    errors.some(({ suggestion }) => suggestion !== '') || warnings.length > 0 || infos.length > 0;
  const last =
    !suggest && hasMore
      ? `${counts.join(', ')} identified, use '${program} status --suggest' to see details.\n`
      : isEmpty
        ? `You have no services, deployment configs, or build configs.\nRun '${program} new-app' to create an application.\n`
        : `View details with '${program} describe <resource>/<name>' or list resources with '${program} get all'.\n`;
  return `${parts.join('\n')}${gap}${last}`;
}
