import { DEPLOYMENT_COLUMNS } from '../../../apis/apps/v1/columns.ts';
import { defaultDeployment } from '../../../apis/apps/v1/defaults.ts';
import {
  validateDeployment,
  validateDeploymentStatus,
  validateDeploymentUpdate,
} from '../../../apis/apps/v1/deployment-validation.ts';
import type { Deployment } from '../../../apis/apps/v1/types.ts';
import { dropOfTemplate } from '../../../apis/core/v1/switched-off.ts';
import { DEPLOYMENTS } from '../../../apis/resource-types.ts';
import { goEqual, schemaOf } from '../../../apis/schema/index.ts';
import type { ResourceDefinition } from '../../../apiserver/resource-definition.ts';
import { deepEqual } from '../../../machinery/deep-equal.ts';
import { podNameWarnings, scaleByReplicas, templateWarnings } from './workload.ts';

const SPEC = schemaOf('io.k8s.api.apps.v1.DeploymentSpec');

/** deploymentDefinition declares deployments (apps/v1). */
export const deploymentDefinition: ResourceDefinition<Deployment> = {
  type: DEPLOYMENTS,
  definition: 'io.k8s.api.apps.v1.Deployment',
  shortNames: ['deploy'],
  categories: ['all'],
  columns: DEPLOYMENT_COLUMNS,
  strategy: {
    hasStatus: true,
    statusChangesMetadata: true,
    subresourceResetFields: { status: ['metadata.labels'] },
    hasGeneration: true,
    metadataOnUpdate: 'changes',
    defaults: defaultDeployment,
    prepareForCreate(draft) {
      draft.status = {};
      dropOfTemplate(draft.spec?.template);
    },
    prepareForUpdate: ({ spec }) => dropOfTemplate(spec?.template),
    changesGeneration: (draft, old) =>
      !goEqual(SPEC, draft.spec, old.spec) ||
      !deepEqual(draft.metadata.annotations ?? {}, old.metadata.annotations ?? {}),
    prepareForStatusUpdate(draft, old) {
      delete draft.status?.terminatingReplicas;
      if (old.metadata.labels) draft.metadata.labels = { ...old.metadata.labels };
      else delete draft.metadata.labels;
    },
    validate: validateDeployment,
    validateUpdate: validateDeploymentUpdate,
    validateStatusUpdate: validateDeploymentStatus,
    warnings: (deployment, old, subresource) => [
      ...(old === undefined ? podNameWarnings(deployment) : []),
      ...templateWarnings(deployment, old, subresource),
    ],
  },
  subresources: {
    status: { kind: 'status' },
    scale: scaleByReplicas<Deployment>(),
  },
};
