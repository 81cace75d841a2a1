import type { Namespace } from '../../../apis/core/v1/types.ts';
import type { ProjectRequest } from '../../../apis/project.openshift.io/v1/types.ts';
import {
  DESCRIPTION,
  DISPLAY_NAME,
  REQUESTER,
  validateProjectRequest,
} from '../../../apis/project.openshift.io/v1/validation.ts';
import type { RoleBinding } from '../../../apis/rbac.authorization.k8s.io/v1/types.ts';
import { NAMESPACES, ROLE_BINDINGS } from '../../../apis/resource-types.ts';
import type { ResourceStorage } from '../../../apiserver/resource-definition.ts';
import type { Client } from '../../../client/client.ts';
import { isAlreadyExists, newAlreadyExists, newInvalid } from '../../../machinery/status-error.ts';
import { newSuccess } from '../../../machinery/success.ts';
import { toProject } from './project-storage.ts';

const RBAC = 'rbac.authorization.k8s.io';

function namespaceFor(request: ProjectRequest, requester: string): Namespace {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: request.metadata.name ?? '',
      ...(request.metadata.labels && { labels: request.metadata.labels }),
      annotations: {
        [DESCRIPTION]: request.description ?? '',
        [DISPLAY_NAME]: request.displayName ?? '',
        [REQUESTER]: requester,
      },
    },
  };
}

function adminBinding(namespace: string, user: string): RoleBinding {
  return {
    apiVersion: `${RBAC}/v1`,
    kind: 'RoleBinding',
    metadata: { name: 'admin', namespace },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'admin' },
    subjects: [{ apiGroup: RBAC, kind: 'User', name: user }],
  };
}

/**
 * newProjectRequestStorage serves `projectrequests`: a create makes the namespace in the name of
 * its requester, who becomes its admin (openshift-apiserver's default project template).
 */
export function newProjectRequestStorage(client: Client): ResourceStorage<ProjectRequest> {
  return {
    async create(request, context) {
      const name = request.metadata.name ?? '';
      const errors = validateProjectRequest(request);
      if (errors.length > 0) {
        throw newInvalid({ group: 'project.openshift.io', kind: 'ProjectRequest' }, name, errors);
      }
      const { dryRun } = context;
      try {
        const namespace = namespaceFor(request, context.user.name);
        const created = await client.create(NAMESPACES, namespace, { dryRun });
        if (!dryRun) {
          await client.create(ROLE_BINDINGS, adminBinding(name, context.user.name));
        }
        return toProject(created);
      } catch (error) {
        if (!isAlreadyExists(error)) throw error;
        throw newAlreadyExists({ group: 'project.openshift.io', resource: 'project' }, name, error);
      }
    },

    /** list answers only whether the user may ask for projects, as `oc login` wants to know. */
    list: async () => newSuccess() as never,
  };
}
