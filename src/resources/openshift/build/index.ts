import {
  BUILD_COLUMNS,
  BUILD_CONFIG_COLUMNS,
} from '../../../apis/build.openshift.io/v1/columns.ts';
import type {
  Build,
  BuildConfig,
  BuildRequest,
} from '../../../apis/build.openshift.io/v1/types.ts';
import { BUILD_CONFIGS, BUILDS } from '../../../apis/resource-types.ts';
import type { DefinitionDeps, ResourceDefinition } from '../../../apiserver/resource-definition.ts';
import { buildConfigStrategy } from './build-config-strategy.ts';
import { buildLog } from './build-log.ts';
import { buildStrategy, detailsSubresource } from './build-strategy.ts';
import { clone } from './clone.ts';
import { instantiate } from './instantiate.ts';
import { instantiateBinary } from './instantiate-binary.ts';
import { webhook } from './webhooks.ts';

const SCHEMA = 'com.github.openshift.api.build.v1';

const REQUEST_INPUT = {
  group: 'build.openshift.io',
  version: 'v1',
  kind: 'BuildRequest',
  definition: `${SCHEMA}.BuildRequest`,
};

function buildDefinition({ client }: DefinitionDeps): ResourceDefinition<Build> {
  return {
    type: BUILDS,
    definition: `${SCHEMA}.Build`,
    categories: ['all'],
    columns: BUILD_COLUMNS,
    strategy: buildStrategy,
    subresources: {
      details: detailsSubresource,
      clone: {
        kind: 'create',
        input: REQUEST_INPUT,
        create: (name, input, context) => clone(client, name, input as BuildRequest, context),
      },
      log: {
        kind: 'connect',
        methods: ['GET'],
        outputKind: 'BuildLog',
        connect: (request, context) => buildLog(client, request, context),
      },
    },
  };
}

function buildConfigDefinition({ client }: DefinitionDeps): ResourceDefinition<BuildConfig> {
  return {
    type: BUILD_CONFIGS,
    definition: `${SCHEMA}.BuildConfig`,
    shortNames: ['bc'],
    categories: ['all'],
    columns: BUILD_CONFIG_COLUMNS,
    strategy: buildConfigStrategy,
    subresources: {
      instantiate: {
        kind: 'create',
        input: REQUEST_INPUT,
        create: (name, input, context) => instantiate(client, name, input as BuildRequest, context),
      },
      instantiatebinary: {
        kind: 'connect',
        methods: ['POST'],
        outputKind: 'BinaryBuildRequestOptions',
        connect: (request, context) => instantiateBinary(client, request, context),
      },
      webhooks: {
        kind: 'connect',
        methods: ['POST'],
        outputKind: 'Build',
        hasPath: true,
        connect: (request, context) => webhook(client, request, context),
      },
    },
  };
}

/** buildDefinitions declares Build and BuildConfig (build.openshift.io/v1) and their subresources. */
export function buildDefinitions(deps: DefinitionDeps): ResourceDefinition[] {
  return [
    buildDefinition(deps) as unknown as ResourceDefinition,
    buildConfigDefinition(deps) as unknown as ResourceDefinition,
  ];
}
