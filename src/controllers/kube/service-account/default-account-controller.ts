import { NAMESPACES, SERVICE_ACCOUNTS } from '../../../apis/resource-types.ts';
import { createUnlessExists } from '../../../client/create-unless-exists.ts';
import {
  type Controller,
  type ControllerDeps,
  source,
} from '../../../controller-kit/controller.ts';

/** newDefaultAccountController keeps the service account `default` in every namespace. */
export function newDefaultAccountController({ client, informers }: ControllerDeps): Controller {
  const namespaces = informers.informer(NAMESPACES);
  const accounts = informers.informer(SERVICE_ACCOUNTS);
  return {
    name: 'service-account',
    sources: [
      source(NAMESPACES, (one) => [one.metadata.name ?? '']),
      source(SERVICE_ACCOUNTS, (one) => [one.metadata.namespace ?? '']),
    ],
    reconcile: async (namespace) => {
      const object = namespaces.get(namespace);
      if (!object || object.metadata.deletionTimestamp) return undefined;
      if (object.status?.phase === 'Terminating' || accounts.get(`${namespace}/default`)) {
        return undefined;
      }
      const metadata = { name: 'default', namespace };
      const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata };
      await createUnlessExists(client, SERVICE_ACCOUNTS, account);
      return undefined;
    },
  };
}
