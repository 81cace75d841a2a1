import { INGRESS_CLASSES } from '../../apis/resource-types.ts';
import type { Client } from '../../client/client.ts';
import { createUnlessExists } from '../../client/create-unless-exists.ts';
import { INGRESS_CONTROLLER } from '../../controllers/openshift/ingress-to-route/ingress-to-route-controller.ts';

/** ensureIngressClass writes the class of the ingresses that the router serves. Idempotent. */
export async function ensureIngressClass(client: Client): Promise<void> {
  await createUnlessExists(client, INGRESS_CLASSES, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: 'openshift-default' },
    spec: { controller: INGRESS_CONTROLLER },
  });
}
