import { DEPLOYMENT_COLUMNS } from '../../../apis/apps/v1/columns.ts';
import { defaultDeployment } from '../../../apis/apps/v1/defaults.ts';
import {
  validateDeployment,
  validateDeploymentStatus,
  validateDeploymentUpdate,
} from '../../../apis/apps/v1/deployment-validation.ts';
import type { Deployment } from '../../../apis/apps/v1/types.ts';
import { DEPLOYMENTS } from '../../../apis/resource-types.ts';
import type { ResourceDefinition } from '../../../apiserver/resource-definition.ts';
import { selectorOfObject, selectorText } from '../../../machinery/labels.ts';

/** deploymentDefinition declares deployments (apps/v1). */
export const deploymentDefinition: ResourceDefinition<Deployment> = {
  type: DEPLOYMENTS,
  definition: 'io.k8s.api.apps.v1.Deployment',
  shortNames: ['deploy'],
  categories: ['all'],
  columns: DEPLOYMENT_COLUMNS,
  strategy: {
    hasStatus: true,
    hasGeneration: true,
    defaults: defaultDeployment,
    prepareForCreate(draft) {
      draft.status = {};
    },
    validate: validateDeployment,
    validateUpdate: validateDeploymentUpdate,
    validateStatusUpdate: validateDeploymentStatus,
  },
  subresources: {
    status: { kind: 'status' },
    scale: {
      kind: 'scale',
      specReplicasPath: '.spec.replicas',
      statusReplicasPath: '.status.replicas',
      selector: (deployment) => selectorText(selectorOfObject(deployment.spec?.selector)),
    },
  },
};
