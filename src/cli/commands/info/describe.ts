import type { Deployment, ReplicaSet } from '../../../apis/apps/v1/types.ts';
import type { DeploymentConfig } from '../../../apis/apps.openshift.io/v1/types.ts';
import type { Build, BuildConfig } from '../../../apis/build.openshift.io/v1/types.ts';
import type {
  ConfigMap,
  Endpoints,
  Namespace,
  Node,
  Pod,
  ReplicationController,
  Secret,
  Service,
  ServiceAccount,
} from '../../../apis/core/v1/types.ts';
import type {
  Image,
  ImageStream,
  ImageStreamImage,
  ImageStreamTag,
} from '../../../apis/image.openshift.io/v1/types.ts';
import type { Project } from '../../../apis/project.openshift.io/v1/types.ts';
import {
  BUILDS,
  ENDPOINTS,
  PODS,
  REPLICA_SETS,
  REPLICATION_CONTROLLERS,
  SECRETS,
} from '../../../apis/resource-types.ts';
import type { Route } from '../../../apis/route.openshift.io/v1/types.ts';
import type { Client } from '../../../client/client.ts';
import { selectorObjectText } from '../../../machinery/labels.ts';
import type { KubeObject } from '../../../machinery/object.ts';
import { CliError } from '../../cli-error.ts';
import type { Command, Invocation } from '../../command.ts';
import { describeBuild, describeBuildConfig } from '../../describe/build.ts';
import {
  describeConfigMap,
  describeNamespace,
  describeReplicationController,
  describeSecret,
  describeService,
  describeServiceAccount,
} from '../../describe/core-kinds.ts';
import { eventsOf } from '../../describe/events.ts';
import { describeGeneric } from '../../describe/generic.ts';
import { describeImage } from '../../describe/image.ts';
import { describeImageStream } from '../../describe/image-stream.ts';
import { describeNode } from '../../describe/node.ts';
import {
  describeDeploymentConfig,
  describeProject,
  describeRoute,
  type Rollout,
} from '../../describe/openshift-kinds.ts';
import { describePod } from '../../describe/pod.ts';
import { describeDeployment, describeReplicaSet } from '../../describe/workloads.ts';
import { boolFlag, intFlag } from '../../flags/flag-spec.ts';
import {
  FILENAME_FLAGS,
  type FoundObject,
  findObjects,
  SELECTOR_FLAGS,
} from '../../resources/find-objects.ts';

/** Context is what describing an object may need. */
interface Context {
  readonly client: Client;
  readonly now: Date;
  readonly server: string;
  readonly namespace: string;
  knowsQuotas(): Promise<boolean>;
}

type Describe = (object: KubeObject, context: Context) => Promise<string>;

async function podsOf(rc: ReplicationController, { client, namespace }: Context): Promise<Pod[]> {
  const labels = Object.entries(rc.spec?.selector ?? {}).map(([key, value]) => `${key}=${value}`);
  if (labels.length === 0) return [];
  return (await client.list(PODS, { namespace, labelSelector: labels.join(',') })).items;
}

async function endpointsNamed(
  name: string,
  { client, namespace }: Context,
): Promise<Endpoints | undefined> {
  return client.get(ENDPOINTS, { namespace, name }).catch(() => undefined);
}

async function rolloutsOf(config: DeploymentConfig, context: Context): Promise<Rollout[]> {
  const { client, namespace } = context;
  const labelSelector = `openshift.io/deployment-config.name=${config.metadata.name}`;
  const { items } = await client.list(REPLICATION_CONTROLLERS, { namespace, labelSelector });
  const created = ({ metadata }: KubeObject) => metadata.creationTimestamp ?? '';
  const sorted = items.toSorted((a, b) => (created(a) < created(b) ? 1 : -1));
  return Promise.all(
    sorted.map(async (controller) => ({ controller, pods: await podsOf(controller, context) })),
  );
}

async function deploymentConfig(object: KubeObject, context: Context): Promise<string> {
  const config = object as DeploymentConfig;
  const [rollouts, events] = await Promise.all([
    rolloutsOf(config, context),
    eventsOf(object, context.client),
  ]);
  return describeDeploymentConfig(config, rollouts, events, context.now);
}

const isControlledBy = ({ metadata }: KubeObject, { metadata: { uid } }: KubeObject): boolean =>
  metadata.ownerReferences?.some((owner) => owner.controller && owner.uid === uid) ?? false;

async function deployment(object: KubeObject, { client, namespace, now }: Context) {
  const labelSelector = selectorObjectText((object as Deployment).spec?.selector);
  const { items } = await client.list(REPLICA_SETS, { namespace, labelSelector });
  const sets = items.filter((set) => isControlledBy(set, object));
  return describeDeployment(object as Deployment, sets, await eventsOf(object, client), now);
}

async function replicaSet(object: KubeObject, { client, namespace, now }: Context) {
  const labelSelector = selectorObjectText((object as ReplicaSet).spec?.selector);
  const { items } = await client.list(PODS, { namespace, labelSelector });
  const pods = items.filter((pod) => isControlledBy(pod, object));
  return describeReplicaSet(object as ReplicaSet, pods, await eventsOf(object, client), now);
}

async function buildConfig(object: KubeObject, context: Context): Promise<string> {
  const { client, namespace, now, server } = context;
  const { items } = await client.list(BUILDS, { namespace });
  const { name } = object.metadata;
  const own = items.filter(
    ({ metadata, status }) => (status?.config?.name ?? metadata.labels?.buildconfig) === name,
  );
  return describeBuildConfig(object as BuildConfig, own, {
    events: await eventsOf(object, client),
    now,
    server,
  });
}

async function build(object: KubeObject, { client, namespace, now }: Context): Promise<string> {
  const pod = await client
    .get(PODS, { namespace, name: `${object.metadata.name}-build` })
    .catch(() => undefined);
  const events = [...(await eventsOf(object, client)), ...(pod ? await eventsOf(pod, client) : [])];
  return describeBuild(object as Build, events, now);
}

async function route(object: KubeObject, context: Context): Promise<string> {
  const { spec } = object as Route;
  const endpoints = new Map<string, Endpoints>();
  for (const { name } of [spec.to, ...(spec.alternateBackends ?? [])]) {
    const found = await endpointsNamed(name, context);
    if (found) endpoints.set(name, found);
  }
  return describeRoute(object as Route, endpoints, context.now);
}

async function serviceAccount(
  object: KubeObject,
  { client, namespace, now }: Context,
): Promise<string> {
  const { items } = await client
    .list(SECRETS, { namespace })
    .catch(() => ({ items: [] as Secret[] }));
  const tokens = items.filter(
    ({ type, metadata }) =>
      type === 'kubernetes.io/service-account-token' &&
      metadata.annotations?.['kubernetes.io/service-account.name'] === object.metadata.name,
  );
  const names = tokens.map(({ metadata }) => metadata.name ?? '');
  return describeServiceAccount(
    object as ServiceAccount,
    names,
    await eventsOf(object, client),
    now,
  );
}

const DESCRIBERS: Readonly<Record<string, Describe>> = {
  pods: async (object, { client, now }) =>
    describePod(object as Pod, await eventsOf(object, client), now),
  services: async (object, context) =>
    describeService(
      object as Service,
      await endpointsNamed(object.metadata.name ?? '', context),
      await eventsOf(object, context.client),
      context.now,
    ),
  replicationcontrollers: async (object, context) =>
    describeReplicationController(
      object as ReplicationController,
      await podsOf(object as ReplicationController, context),
      await eventsOf(object, context.client),
      context.now,
    ),
  secrets: async (object) => describeSecret(object as Secret),
  configmaps: async (object, { client, now }) =>
    describeConfigMap(object as ConfigMap, await eventsOf(object, client), now),
  serviceaccounts: serviceAccount,
  namespaces: async (object, { knowsQuotas }) =>
    describeNamespace(object as Namespace, await knowsQuotas()),
  nodes: async (object, { client, now }) => {
    const fieldSelector = `spec.nodeName=${object.metadata.name},status.phase!=Failed,status.phase!=Succeeded`;
    const { items } = await client.list(PODS, { fieldSelector });
    return describeNode(object as Node, items, await eventsOf(object, client), now);
  },
  'deployments.apps': deployment,
  'replicasets.apps': replicaSet,
  'deploymentconfigs.apps.openshift.io': deploymentConfig,
  'buildconfigs.build.openshift.io': buildConfig,
  'builds.build.openshift.io': build,
  'imagestreams.image.openshift.io': async (object, { now }) =>
    describeImageStream(object as ImageStream, now),
  'imagestreamtags.image.openshift.io': async (object, { now }) =>
    describeImage(
      (object as ImageStreamTag).image,
      now,
      (object as ImageStreamTag).image.metadata.name,
    ),
  'imagestreamimages.image.openshift.io': async (object, { now }) =>
    describeImage(
      (object as ImageStreamImage).image,
      now,
      (object as ImageStreamImage).image.metadata.name,
    ),
  'images.image.openshift.io': async (object, { now }) => describeImage(object as Image, now),
  'projects.project.openshift.io': async (object, { now }) =>
    describeProject(object as Project, now),
  'routes.route.openshift.io': route,
};

async function describeOne(
  { mapping, object, namespace }: FoundObject,
  { session, io }: Invocation,
): Promise<string> {
  const client = await session.client();
  const { server } = await session.connection();
  const key = mapping.group === '' ? mapping.resource : `${mapping.resource}.${mapping.group}`;
  const knowsQuotas = async () => (await session.discovery.find('resourcequotas')) !== undefined;
  const context = { client, server, now: io.now(), namespace: namespace ?? '', knowsQuotas };
  const describe = DESCRIBERS[key];
  if (describe) return describe(object, context);
  return describeGeneric(object, await eventsOf(object, client), io.now());
}

async function run(invocation: Invocation): Promise<void> {
  const { args, flags, io, session } = invocation;
  if (args.length === 0 && flags.list('filename').length === 0)
    throw new CliError(
      `You must specify the type of resource to describe. Use "${io.program} api-resources" for a complete list of supported resources.\n`,
    );
  const found = await findObjects(invocation, { emptyMeansAll: true });
  let first = true;
  for (const one of found) {
    io.out(`${first ? '' : '\n\n'}${await describeOne(one, invocation)}`);
    first = false;
  }
  if (found.length === 0)
    io.err(
      flags.bool('all-namespaces')
        ? 'No resources found\n'
        : `No resources found in ${session.namespace()} namespace.\n`,
    );
}

export const command: Command = {
  use: 'describe (-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME)',
  long: 'Show details of a specific resource or group of resources.\n\n Print a detailed description of the selected resources, including related resources such as events or controllers.',
  examples: `# Describe a pod
{program} describe pods/nginx

# Describe all pods
{program} describe pods

# Describe the build config and its builds
{program} describe bc/ruby-ex`,
  flags: [
    ...FILENAME_FLAGS,
    ...SELECTOR_FLAGS,
    intFlag(
      'chunk-size',
      'Return large lists in chunks rather than all at once. Pass 0 to disable.',
      { default: 500 },
    ),
    boolFlag('show-events', 'If true, display events related to the described object.', {
      default: true,
    }),
  ],
  run,
};
