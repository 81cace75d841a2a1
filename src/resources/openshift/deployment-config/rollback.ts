import {
  deploymentName,
  ENCODED_CONFIG,
  phaseOf,
  versionOf,
} from '../../../apis/apps.openshift.io/v1/names.ts';
import type {
  DeploymentConfig,
  DeploymentConfigRollback,
} from '../../../apis/apps.openshift.io/v1/types.ts';
import type { ReplicationController } from '../../../apis/core/v1/types.ts';
import { DEPLOYMENT_CONFIGS, REPLICATION_CONTROLLERS } from '../../../apis/resource-types.ts';
import type { RequestContext, ResourceStorage } from '../../../apiserver/resource-definition.ts';
import type { Client } from '../../../client/client.ts';
import { invalid } from '../../../machinery/field-error.ts';
import type { KubeObject } from '../../../machinery/object.ts';
import { isNotFound, newInvalid } from '../../../machinery/status-error.ts';

const KIND = { group: 'apps.openshift.io', kind: 'DeploymentConfigRollback' };

function refuse(name: string, field: string, value: unknown, detail: string): never {
  throw newInvalid(KIND, name, [invalid(field, value, detail)]);
}

/** targetVersion is the version asked for, or else the one before the latest. */
function targetVersion(request: DeploymentConfigRollback, config: DeploymentConfig): number {
  const latest = config.status?.latestVersion ?? 0;
  if (latest === 0)
    refuse(request.name, 'name', request.name, 'cannot roll back an undeployed config');
  const revision = Number(request.spec.revision ?? 0);
  if (revision === latest) {
    refuse(request.name, 'spec.revision', revision, `version ${revision} is already the latest`);
  }
  if (revision === 0 && latest === 1) {
    refuse(request.name, 'spec.revision', latest, 'no previous deployment was found');
  }
  return revision > 0 ? revision : latest - 1;
}

async function deployedConfig(
  client: Client,
  request: DeploymentConfigRollback,
  version: number,
  namespace: string,
): Promise<DeploymentConfig> {
  const name = deploymentName(request.name, version);
  let target: ReplicationController;
  try {
    target = await client.get(REPLICATION_CONTROLLERS, { namespace, name });
  } catch (error) {
    if (isNotFound(error)) {
      refuse(request.name, 'spec.revision', version, `deployment "${name}" was not found`);
    }
    throw error;
  }
  const encoded = target.metadata.annotations?.[ENCODED_CONFIG];
  if (!encoded || versionOf(target) !== version || phaseOf(target) === 'New') {
    refuse(request.name, 'spec.revision', version, `"${name}" cannot be rolled back to`);
  }
  return JSON.parse(encoded) as DeploymentConfig;
}

/**
 * rollback answers the config as it would be after going back to an earlier version; the caller
 * sends it. Automatic image triggers are switched off, or the next image would undo the rollback.
 */
export async function rollback(
  client: Client,
  request: DeploymentConfigRollback & KubeObject,
  context: RequestContext,
): Promise<DeploymentConfig> {
  const { namespace } = context;
  const live = await client.get(DEPLOYMENT_CONFIGS, { namespace, name: request.name });
  const config = structuredClone(live);
  const from = await deployedConfig(client, request, targetVersion(request, config), namespace);
  if (request.spec.includeTemplate && from.spec.template) config.spec.template = from.spec.template;
  if (request.spec.includeStrategy && from.spec.strategy) config.spec.strategy = from.spec.strategy;
  if (request.spec.includeTriggers && from.spec.triggers) config.spec.triggers = from.spec.triggers;
  if (request.spec.includeReplicationMeta) {
    if (from.spec.replicas !== undefined) config.spec.replicas = from.spec.replicas;
    if (from.spec.selector) config.spec.selector = from.spec.selector;
  }
  for (const trigger of config.spec.triggers ?? []) {
    if (trigger.imageChangeParams) trigger.imageChangeParams.automatic = false;
  }
  if (request.updatedAnnotations) {
    config.metadata.annotations = { ...config.metadata.annotations, ...request.updatedAnnotations };
  }
  return config;
}

/** newRollbackStorage serves the older `deploymentconfigrollbacks` collection. */
export function newRollbackStorage(client: Client): ResourceStorage<KubeObject> {
  return { create: (request, context) => rollback(client, request as never, context) };
}
