import { DEPLOYMENT_NAME } from '../../../apis/apps.openshift.io/v1/names.ts';
import type { DeploymentConfig, LifecycleHook } from '../../../apis/apps.openshift.io/v1/types.ts';
import type { Container, Pod, ReplicationController } from '../../../apis/core/v1/types.ts';
import { IMAGE_STREAM_TAGS, PODS } from '../../../apis/resource-types.ts';
import type { Client } from '../../../client/client.ts';
import { createUnlessExists } from '../../../client/create-unless-exists.ts';
import type { Informer } from '../../../controller-kit/controller.ts';
import { isNotFound } from '../../../machinery/status-error.ts';

/** HookMoment is when a hook runs: before, between down and up (Recreate only), or after. */
export type HookMoment = 'pre' | 'mid' | 'post';

/** HookOutcome: `passed` when there is nothing (more) to wait for. */
export type HookOutcome = 'passed' | 'running' | 'failed';

/** HookDeps are the client and the pods that a hook needs. */
export interface HookDeps {
  readonly client: Client;
  readonly pods: Informer<Pod>;
}

/** hookOf answers the hook of a moment, if the config's strategy has one. */
export function hookOf(config: DeploymentConfig, moment: HookMoment): LifecycleHook | undefined {
  const strategy = config.spec.strategy;
  if (strategy?.type === 'Recreate') return strategy.recreateParams?.[moment];
  return moment === 'mid' ? undefined : strategy?.rollingParams?.[moment];
}

function hookPod(
  deployment: ReplicationController,
  hook: LifecycleHook,
  moment: HookMoment,
): Pod | undefined {
  const exec = hook.execNewPod;
  const template = deployment.spec?.template;
  const container = template?.spec?.containers.find((one) => one.name === exec?.containerName);
  if (!exec || !container) return undefined;
  const overridden = new Set((exec.env ?? []).map((one) => one.name));
  const { name = '', namespace = '', uid = '' } = deployment.metadata;
  const lifecycle: Container = {
    name: 'lifecycle',
    ...(container.image && { image: container.image }),
    command: exec.command,
    ...(container.workingDir && { workingDir: container.workingDir }),
    ...(container.securityContext && { securityContext: container.securityContext }),
    ...(container.resources && { resources: container.resources }),
    env: [
      ...(container.env ?? []).filter((one) => !overridden.has(one.name)),
      ...(exec.env ?? []),
      { name: 'OPENSHIFT_DEPLOYMENT_NAME', value: name },
      { name: 'OPENSHIFT_DEPLOYMENT_NAMESPACE', value: namespace },
    ],
    volumeMounts: (container.volumeMounts ?? []).filter((one) => exec.volumes?.includes(one.name)),
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${name}-hook-${moment}`,
      namespace,
      labels: { 'openshift.io/deployer-pod-for.name': name },
      annotations: { [DEPLOYMENT_NAME]: name },
      ownerReferences: [{ apiVersion: 'v1', kind: 'ReplicationController', name, uid }],
    },
    spec: {
      containers: [lifecycle],
      restartPolicy: hook.failurePolicy === 'Retry' ? 'OnFailure' : 'Never',
      volumes: (template?.spec?.volumes ?? []).filter((one) => exec.volumes?.includes(one.name)),
      ...(template?.spec?.nodeSelector && { nodeSelector: template.spec.nodeSelector }),
      ...(template?.spec?.imagePullSecrets && {
        imagePullSecrets: template.spec.imagePullSecrets,
      }),
    },
  };
}

async function tagImages(
  client: Client,
  deployment: ReplicationController,
  hook: LifecycleHook,
): Promise<void> {
  for (const { containerName, to } of hook.tagImages ?? []) {
    const containers = deployment.spec?.template?.spec?.containers ?? [];
    const image = containers.find((one) => one.name === containerName)?.image;
    if (!image) continue;
    await client.update(IMAGE_STREAM_TAGS, {
      apiVersion: 'image.openshift.io/v1',
      kind: 'ImageStreamTag',
      metadata: {
        name: to.name ?? '',
        namespace: to.namespace ?? deployment.metadata.namespace ?? '',
      },
      tag: { name: '', from: { kind: 'DockerImage', name: image } },
    } as never);
  }
}

/**
 * runHook brings a lifecycle hook forward and tells how it stands. The hook's pod is the memory:
 * asked again, after a restart too, the same pod answers.
 */
export async function runHook(
  { client, pods }: HookDeps,
  deployment: ReplicationController,
  hook: LifecycleHook | undefined,
  moment: HookMoment,
): Promise<HookOutcome> {
  if (!hook) return 'passed';
  const wanted = hookPod(deployment, hook, moment);
  if (!wanted) {
    await tagImages(client, deployment, hook);
    return 'passed';
  }
  const { namespace, name = '' } = wanted.metadata;
  const pod = pods.get(`${namespace}/${name}`) ?? (await readPod(client, namespace, name));
  if (!pod) {
    await createUnlessExists(client, PODS, wanted);
    return 'running';
  }
  if (pod.status?.phase === 'Succeeded') return 'passed';
  if (pod.status?.phase !== 'Failed') return 'running';
  return hook.failurePolicy === 'Ignore' ? 'passed' : 'failed';
}

async function readPod(client: Client, namespace: string | undefined, name: string) {
  try {
    return await client.get(PODS, { namespace, name });
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
