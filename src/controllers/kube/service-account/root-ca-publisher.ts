import { CONFIG_MAPS, NAMESPACES } from '../../../apis/resource-types.ts';
import { createUnlessExists } from '../../../client/create-unless-exists.ts';
import {
  type Controller,
  type ControllerDeps,
  source,
} from '../../../controller-kit/controller.ts';

/** ROOT_CA_CONFIG_MAP is what pods find the API's certificate authority in. */
const ROOT_CA_CONFIG_MAP = 'kube-root-ca.crt';

/**
 * newRootCaPublisher keeps the ConfigMap `kube-root-ca.crt` in every namespace
 * (kube-controller-manager's `root-ca-cert-publisher`).
 */
export function newRootCaPublisher(
  { client, informers }: ControllerDeps,
  rootCaPem: string,
): Controller {
  const namespaces = informers.informer(NAMESPACES);
  const configMaps = informers.informer(CONFIG_MAPS);
  return {
    name: 'root-ca-publisher',
    sources: [
      source(NAMESPACES, (one) => [one.metadata.name ?? '']),
      source(CONFIG_MAPS, ({ metadata }) =>
        metadata.name === ROOT_CA_CONFIG_MAP ? [metadata.namespace ?? ''] : [],
      ),
    ],
    reconcile: async (namespace) => {
      const object = namespaces.get(namespace);
      if (!object || object.metadata.deletionTimestamp) return undefined;
      const current = configMaps.get(`${namespace}/${ROOT_CA_CONFIG_MAP}`);
      const data = { 'ca.crt': rootCaPem };
      if (current?.data?.['ca.crt'] === rootCaPem) return undefined;
      if (current) await client.update(CONFIG_MAPS, { ...current, data });
      else await createUnlessExists(client, CONFIG_MAPS, configMap(namespace, data));
      return undefined;
    },
  };
}

function configMap(namespace: string, data: Record<string, string>) {
  const annotations = {
    'kubernetes.io/description':
      'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.',
  };
  const metadata = { name: ROOT_CA_CONFIG_MAP, namespace, annotations };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data };
}
