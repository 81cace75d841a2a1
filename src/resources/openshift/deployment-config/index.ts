import { desiredText, triggersText } from '../../../apis/apps.openshift.io/v1/columns.ts';
import type { DeploymentConfig } from '../../../apis/apps.openshift.io/v1/types.ts';
import { DEPLOYMENT_CONFIGS } from '../../../apis/resource-types.ts';
import type {
  Column,
  DefinitionDeps,
  ResourceDefinition,
} from '../../../apiserver/resource-definition.ts';
import { instantiate } from './instantiate.ts';
import { deploymentLog } from './log.ts';
import { newRollbackStorage, rollback } from './rollback.ts';
import { deploymentConfigStrategy } from './strategy.ts';

const SCHEMA = 'com.github.openshift.api.apps.v1';

const COLUMNS: readonly Column<DeploymentConfig>[] = [
  {
    name: 'Name',
    type: 'string',
    format: 'name',
    description: 'The name of the deployment config.',
    cell: (config) => config.metadata.name ?? '',
  },
  {
    name: 'Revision',
    type: 'string',
    description: 'The version that was deployed last.',
    cell: (config) => config.status?.latestVersion ?? 0,
  },
  {
    name: 'Desired',
    type: 'string',
    description: 'How many pods there shall be.',
    cell: desiredText,
  },
  {
    name: 'Current',
    type: 'string',
    description: 'How many pods there are, of every version.',
    cell: (config) => config.status?.replicas ?? 0,
  },
  {
    name: 'Triggered By',
    type: 'string',
    description: 'What makes a new version.',
    cell: triggersText,
  },
];

function selectorText(config: DeploymentConfig): string {
  return Object.entries(config.spec.selector ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(',');
}

const ROLLBACK_TYPE = {
  group: 'apps.openshift.io',
  version: 'v1',
  resource: 'deploymentconfigrollbacks',
  kind: 'DeploymentConfigRollback',
  namespaced: true,
} as const;

/** deploymentConfigDefinitions declares DeploymentConfig (apps.openshift.io/v1) and its subresources. */
export function deploymentConfigDefinitions({ client }: DefinitionDeps): ResourceDefinition[] {
  const definition: ResourceDefinition<DeploymentConfig> = {
    type: DEPLOYMENT_CONFIGS,
    definition: `${SCHEMA}.DeploymentConfig`,
    shortNames: ['dc'],
    categories: ['all'],
    columns: COLUMNS,
    strategy: deploymentConfigStrategy,
    subresources: {
      status: { kind: 'status' },
      scale: {
        kind: 'scale',
        specReplicasPath: '.spec.replicas',
        statusReplicasPath: '.status.replicas',
        selector: selectorText,
      },
      instantiate: {
        kind: 'create',
        input: {
          group: 'apps.openshift.io',
          version: 'v1',
          kind: 'DeploymentRequest',
          definition: `${SCHEMA}.DeploymentRequest`,
        },
        create: (name, input, context) => instantiate(client, name, input as never, context),
      },
      rollback: {
        kind: 'create',
        input: {
          group: 'apps.openshift.io',
          version: 'v1',
          kind: 'DeploymentConfigRollback',
          definition: `${SCHEMA}.DeploymentConfigRollback`,
        },
        create: (_name, input, context) => rollback(client, input as never, context),
      },
      log: {
        kind: 'connect',
        methods: ['GET'],
        outputKind: 'DeploymentLog',
        connect: (request, context) => deploymentLog(client, request, context),
      },
    },
  };
  return [
    definition as unknown as ResourceDefinition,
    {
      type: ROLLBACK_TYPE,
      definition: `${SCHEMA}.DeploymentConfigRollback`,
      storage: newRollbackStorage(client) as never,
    },
  ];
}
