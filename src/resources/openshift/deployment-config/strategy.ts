import { defaultDeploymentConfig } from '../../../apis/apps.openshift.io/v1/defaults.ts';
import type { DeploymentConfig } from '../../../apis/apps.openshift.io/v1/types.ts';
import { validateDeploymentConfig } from '../../../apis/apps.openshift.io/v1/validation.ts';
import type { Strategy } from '../../../apiserver/resource-definition.ts';
import { invalid } from '../../../machinery/field-error.ts';

/** deploymentConfigStrategy follows openshift-apiserver's registry of deployment configs. */
export const deploymentConfigStrategy: Strategy<DeploymentConfig> = {
  hasStatus: true,
  hasGeneration: true,
  defaults: defaultDeploymentConfig,
  prepareForCreate(draft) {
    draft.status = {
      latestVersion: 0,
      observedGeneration: 0,
      replicas: 0,
      updatedReplicas: 0,
      availableReplicas: 0,
      unavailableReplicas: 0,
    };
  },
  validate: validateDeploymentConfig,
  validateStatusUpdate(object, old) {
    const before = old.status?.latestVersion ?? 0;
    const after = object.status?.latestVersion ?? 0;
    if (after === before || after === before + 1) return [];
    const detail =
      after < before
        ? 'latestVersion cannot be decremented'
        : 'latestVersion can only be incremented by 1';
    return [invalid('status.latestVersion', after, detail)];
  },
};
