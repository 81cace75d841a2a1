import { CONTROLLER_REVISION_COLUMNS } from '../../../apis/apps/v1/columns.ts';
import {
  validateControllerRevision,
  validateControllerRevisionCreate,
  validateControllerRevisionUpdate,
} from '../../../apis/apps/v1/controller-revision-validation.ts';
import type { ControllerRevision } from '../../../apis/apps/v1/types.ts';
import { CONTROLLER_REVISIONS } from '../../../apis/resource-types.ts';
import type { ResourceDefinition } from '../../../apiserver/resource-definition.ts';

/** controllerRevisionDefinition declares controllerrevisions (apps/v1). */
export const controllerRevisionDefinition: ResourceDefinition<ControllerRevision> = {
  type: CONTROLLER_REVISIONS,
  definition: 'io.k8s.api.apps.v1.ControllerRevision',
  columns: CONTROLLER_REVISION_COLUMNS,
  strategy: {
    validate: validateControllerRevision,
    validateCreate: validateControllerRevisionCreate,
    validateUpdate: validateControllerRevisionUpdate,
  },
};
