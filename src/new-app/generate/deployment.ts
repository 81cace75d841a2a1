import type { Deployment } from '../../apis/apps/v1/types.ts';
import type {
  DeploymentConfig,
  DeploymentTriggerPolicy,
} from '../../apis/apps.openshift.io/v1/types.ts';
import type {
  Container,
  EnvVar,
  ObjectReference,
  PodSpec,
  Service,
  Volume,
} from '../../apis/core/v1/types.ts';
import { exactReference } from '../../machinery/image-reference.ts';
import { imageObjectReference } from './build-config.ts';
import type { Pipeline } from './pipeline.ts';

/** DeploymentSettings are what the user asked of deployments. */
export interface DeploymentSettings {
  readonly env: readonly EnvVar[];
  readonly labels: Readonly<Record<string, string>>;
  readonly asDeploymentConfig: boolean;
}

/** deployedReference names the image that a pipeline runs: the build's output, or the image itself. */
function deployedReference(pipeline: Pipeline): ObjectReference | undefined {
  if (!pipeline.component.build) return imageObjectReference(pipeline);
  return pipeline.output ? { ...pipeline.output } : undefined;
}

function containerName(pipeline: Pipeline): string {
  const { image, build } = pipeline.component;
  return !build && image?.kind === 'stream' ? image.name : pipeline.name;
}

function containerImage(pipeline: Pipeline): string {
  const { image, build } = pipeline.component;
  if (build) return pipeline.output?.name ?? '';
  if (image?.kind === 'stream') return `${image.namespace}/${image.name}:${image.tag}`;
  return image ? exactReference(image.reference) : '';
}

function volumeMounts({ info }: Pipeline, name: string) {
  const base = `${name}-volume`.slice(0, 60);
  return (info?.volumes ?? []).map((mountPath, index) => ({
    mountPath,
    name: `${base}-${index + 1}`,
  }));
}

function containerOf(pipeline: Pipeline, env: readonly EnvVar[]): Container {
  const name = containerName(pipeline);
  const ports = (pipeline.info?.ports ?? []).map((port) => {
    const [number = '', protocol = 'tcp'] = port.split('/');
    return { containerPort: Number(number), protocol: protocol.toUpperCase() };
  });
  const mounts = volumeMounts(pipeline, name);
  return {
    name,
    image: containerImage(pipeline),
    ...(env.length > 0 ? { env: [...env] } : {}),
    ...(ports.length > 0 ? { ports } : {}),
    resources: {},
    ...(mounts.length > 0 ? { volumeMounts: mounts } : {}),
  };
}

function podSpecOf(group: readonly Pipeline[], env: readonly EnvVar[]): PodSpec {
  const containers = group.map((pipeline) => containerOf(pipeline, env));
  const volumes: Volume[] = containers.flatMap(({ volumeMounts: mounts = [] }) =>
    mounts.map(({ name }) => ({ name, emptyDir: {} })),
  );
  return { containers, ...(volumes.length > 0 ? { volumes } : {}) };
}

interface Trigger {
  readonly container: string;
  readonly from: ObjectReference;
}

function imageTriggers(group: readonly Pipeline[]): Trigger[] {
  return group.flatMap((pipeline) => {
    const from = deployedReference(pipeline);
    return from?.kind === 'ImageStreamTag' ? [{ container: containerName(pipeline), from }] : [];
  });
}

function deploymentConfigOf(
  group: readonly Pipeline[],
  name: string,
  settings: DeploymentSettings,
): DeploymentConfig {
  const selector = { deploymentconfig: name, ...settings.labels };
  const triggers: DeploymentTriggerPolicy[] = [
    { type: 'ConfigChange' },
    ...imageTriggers(group).map(({ container, from }) => ({
      type: 'ImageChange',
      imageChangeParams: { automatic: true, containerNames: [container], from },
    })),
  ];
  return {
    apiVersion: 'apps.openshift.io/v1',
    kind: 'DeploymentConfig',
    metadata: { name },
    spec: {
      replicas: 1,
      selector,
      strategy: { resources: {} },
      template: {
        metadata: { labels: { ...selector } },
        spec: podSpecOf(group, settings.env),
      },
      test: false,
      triggers,
    },
  } as DeploymentConfig;
}

function deploymentOf(
  group: readonly Pipeline[],
  name: string,
  settings: DeploymentSettings,
): Deployment {
  const selector = { deployment: name, ...settings.labels };
  const triggers = imageTriggers(group);
  const spec = podSpecOf(group, settings.env);
  const watched = new Set(triggers.map(({ container }) => container));
  const containers = spec.containers.map((one) =>
    watched.has(one.name) ? { ...one, image: ' ' } : one,
  );
  const annotation = triggers.map(({ container, from }) => ({
    from: { kind: 'ImageStreamTag', name: from.name, namespace: from.namespace },
    fieldPath: `spec.template.spec.containers[?(@.name=="${container}")].image`,
  }));
  const annotations = { 'image.openshift.io/triggers': JSON.stringify(annotation) };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, ...(triggers.length > 0 ? { annotations } : {}) },
    spec: {
      replicas: 1,
      selector: { matchLabels: selector },
      strategy: {},
      template: { metadata: { labels: { ...selector } }, spec: { ...spec, containers } },
    },
  };
}

/** deploymentFor makes the DeploymentConfig, or Deployment, that runs the images of one group. */
export function deploymentFor(
  group: readonly Pipeline[],
  settings: DeploymentSettings,
): DeploymentConfig | Deployment | undefined {
  const [first] = group;
  if (!first) return undefined;
  return settings.asDeploymentConfig
    ? deploymentConfigOf(group, first.name, settings)
    : deploymentOf(group, first.name, settings);
}

/** serviceFor makes the service for the ports of a group's images; undefined when none is exposed. */
export function serviceFor(
  group: readonly Pipeline[],
  settings: DeploymentSettings,
): Service | undefined {
  const [first] = group;
  const ports = [...new Set(group.flatMap(({ info }) => info?.ports ?? []))];
  if (!first || ports.length === 0) return undefined;
  const key = settings.asDeploymentConfig ? 'deploymentconfig' : 'deployment';
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: first.name },
    spec: {
      ports: ports
        .map((port) => port.split('/'))
        .sort(([a], [b]) => Number(a) - Number(b))
        .map(([number, protocol = 'tcp']) => ({
          name: `${number}-${protocol}`,
          port: Number(number),
          protocol: protocol.toUpperCase(),
          targetPort: Number(number),
        })),
      selector: { [key]: first.name, ...settings.labels },
    },
  };
}
