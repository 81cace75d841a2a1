import { NAMESPACES, SERVICE_ACCOUNTS } from '../../../apis/resource-types.ts';
import { createUnlessExists } from '../../../client/create-unless-exists.ts';
import {
  type Controller,
  type ControllerDeps,
  source,
} from '../../../controller-kit/controller.ts';

const ACCOUNTS = ['builder', 'deployer'] as const;

/**
 * newProjectAccountsController keeps the service accounts `builder` and `deployer` in every
 * namespace; `default` is Kubernetes' own controller's.
 */
export function newProjectAccountsController({ client, informers }: ControllerDeps): Controller {
  const namespaces = informers.informer(NAMESPACES);
  const accounts = informers.informer(SERVICE_ACCOUNTS);
  return {
    name: 'openshift-serviceaccounts',
    sources: [
      source(NAMESPACES, (one) => [one.metadata.name ?? '']),
      source(SERVICE_ACCOUNTS, (one) => [one.metadata.namespace ?? '']),
    ],
    async reconcile(namespace) {
      const object = namespaces.get(namespace);
      if (!object || object.metadata.deletionTimestamp) return undefined;
      for (const name of ACCOUNTS) {
        if (accounts.get(`${namespace}/${name}`)) continue;
        await createUnlessExists(client, SERVICE_ACCOUNTS, {
          apiVersion: 'v1',
          kind: 'ServiceAccount',
          metadata: { name, namespace },
        });
      }
      return undefined;
    },
  };
}
