import { deploymentName, isTerminated } from '../../../apis/apps.openshift.io/v1/names.ts';
import type {
  DeploymentConfig,
  DeploymentRequest,
} from '../../../apis/apps.openshift.io/v1/types.ts';
import {
  DEPLOYMENT_CONFIGS,
  IMAGE_STREAM_TAGS,
  REPLICATION_CONTROLLERS,
} from '../../../apis/resource-types.ts';
import type { RequestContext } from '../../../apiserver/resource-definition.ts';
import type { Client } from '../../../client/client.ts';
import { invalid } from '../../../machinery/field-error.ts';
import {
  isNotFound,
  newBadRequest,
  newConflict,
  newInvalid,
} from '../../../machinery/status-error.ts';

const GROUP = 'apps.openshift.io';

async function refuseWhileRunning(
  client: Client,
  config: DeploymentConfig,
  context: RequestContext,
): Promise<void> {
  const version = config.status?.latestVersion ?? 0;
  if (version === 0) return;
  const name = deploymentName(config.metadata.name ?? '', version);
  try {
    const latest = await client.get(REPLICATION_CONTROLLERS, {
      namespace: context.namespace,
      name,
    });
    if (isTerminated(latest)) return;
  } catch (error) {
    if (isNotFound(error)) return;
    throw error;
  }
  throw newConflict(
    { group: GROUP, resource: 'deploymentconfigs' },
    config.metadata.name ?? '',
    `#${version} is already in progress`,
  );
}

/** resolveImages puts the newest image of each trigger into the template, as a rollout by hand shall use it. */
async function resolveImages(
  client: Client,
  config: DeploymentConfig,
  request: DeploymentRequest,
): Promise<void> {
  if (request.excludeTriggers?.includes('ImageChange')) return;
  for (const trigger of config.spec.triggers ?? []) {
    const params = trigger.imageChangeParams;
    if (trigger.type !== 'ImageChange' || !params) continue;
    const namespace = params.from.namespace ?? config.metadata.namespace;
    let reference: string | undefined;
    try {
      const tag = await client.get(IMAGE_STREAM_TAGS, { namespace, name: params.from.name ?? '' });
      reference = tag.image.dockerImageReference;
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    if (!reference) continue;
    params.lastTriggeredImage = reference;
    const spec = config.spec.template?.spec;
    for (const container of [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])]) {
      if (params.containerNames?.includes(container.name)) container.image = reference;
    }
  }
}

function unresolved(config: DeploymentConfig): string[] {
  return (config.spec.triggers ?? []).flatMap((one) => {
    const params = one.type === 'ImageChange' ? one.imageChangeParams : undefined;
    return params && !params.lastTriggeredImage ? [params.from.name ?? ''] : [];
  });
}

/**
 * instantiate answers POST `deploymentconfigs/NAME/instantiate`: it resolves images (with
 * `latest`), and starts the next version by hand. Fails while a rollout is in progress, when the
 * config is paused (unless forced), or when a trigger's image does not exist yet.
 */
export async function instantiate(
  client: Client,
  name: string,
  request: DeploymentRequest,
  context: RequestContext,
): Promise<DeploymentConfig> {
  const { namespace } = context;
  if (request.name && request.name !== name) {
    throw newBadRequest(
      `name ${JSON.stringify(request.name)} does not match ${JSON.stringify(name)} of the URL`,
    );
  }
  const config = structuredClone(await client.get(DEPLOYMENT_CONFIGS, { namespace, name }));
  if (config.spec.paused && !request.force) {
    throw newInvalid({ group: GROUP, kind: 'DeploymentConfig' }, name, [
      invalid('spec.paused', true, 'cannot deploy a paused deployment config: resume it first'),
    ]);
  }
  await refuseWhileRunning(client, config, context);
  const before = JSON.stringify(config.spec);
  if (request.latest) await resolveImages(client, config, request);
  const waiting = unresolved(config);
  if (waiting.length > 0) {
    throw newBadRequest(
      `cannot trigger a deployment for "${name}" because it contains unresolved images`,
      `waiting for ${waiting.join(', ')}`,
    );
  }
  const updated =
    JSON.stringify(config.spec) === before
      ? config
      : await client.update(DEPLOYMENT_CONFIGS, config, { dryRun: context.dryRun });
  return client.update(
    DEPLOYMENT_CONFIGS,
    {
      ...updated,
      status: {
        ...updated.status,
        latestVersion: (updated.status?.latestVersion ?? 0) + 1,
        details: { message: 'manual change', causes: [{ type: 'Manual' }] },
      },
    },
    { dryRun: context.dryRun, subresource: 'status' },
  );
}
