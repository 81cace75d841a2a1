import type { RoleBinding, Subject } from '../../../apis/rbac.authorization.k8s.io/v1/types.ts';
import { NAMESPACES, ROLE_BINDINGS } from '../../../apis/resource-types.ts';
import { createUnlessExists } from '../../../client/create-unless-exists.ts';
import {
  type Controller,
  type ControllerDeps,
  source,
} from '../../../controller-kit/controller.ts';

const RBAC = 'rbac.authorization.k8s.io';

interface DefaultBinding {
  readonly name: string;
  readonly role: string;
  readonly description: string;
  subject(namespace: string): Subject;
}

const account = (name: string) => (namespace: string) => ({
  kind: 'ServiceAccount',
  name,
  namespace,
});

const DEFAULTS: readonly DefaultBinding[] = [
  {
    name: 'system:image-pullers',
    role: 'system:image-puller',
    description:
      'Allows all pods in this namespace to pull images from this namespace. It is created by a controller; remove subjects to disable.',
    subject: (namespace) => ({
      apiGroup: RBAC,
      kind: 'Group',
      name: `system:serviceaccounts:${namespace}`,
    }),
  },
  {
    name: 'system:image-builders',
    role: 'system:image-builder',
    description:
      'Allows builds in this namespace to push images to this namespace. It is created by a controller; remove subjects to disable.',
    subject: account('builder'),
  },
  {
    name: 'system:deployers',
    role: 'system:deployer',
    description:
      'Allows deployments in this namespace to roll out pods in this namespace. It is created by a controller; remove subjects to disable.',
    subject: account('deployer'),
  },
];

function bindingOf(one: DefaultBinding, namespace: string): RoleBinding {
  return {
    apiVersion: `${RBAC}/v1`,
    kind: 'RoleBinding',
    metadata: {
      name: one.name,
      namespace,
      annotations: { 'openshift.io/description': one.description },
    },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: one.role },
    subjects: [one.subject(namespace)],
  };
}

/**
 * newDefaultRoleBindingsController gives every namespace the bindings by which its pods pull and
 * its builds push (OpenShift's default-rolebindings controller). A binding that exists is left
 * alone, so that an administrator can empty it.
 */
export function newDefaultRoleBindingsController({
  client,
  informers,
}: ControllerDeps): Controller {
  const namespaces = informers.informer(NAMESPACES);
  const bindings = informers.informer(ROLE_BINDINGS);
  return {
    name: 'default-rolebindings',
    sources: [
      source(NAMESPACES, (one) => [one.metadata.name ?? '']),
      source(ROLE_BINDINGS, (one) => [one.metadata.namespace ?? '']),
    ],
    async reconcile(namespace) {
      const object = namespaces.get(namespace);
      if (!object || object.metadata.deletionTimestamp) return undefined;
      const missing = DEFAULTS.filter((one) => !bindings.get(`${namespace}/${one.name}`));
      for (const one of missing) {
        await createUnlessExists(client, ROLE_BINDINGS, bindingOf(one, namespace));
      }
      return undefined;
    },
  };
}
