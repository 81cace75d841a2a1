import type { CertificateSigningRequest } from '../../../apis/certificates.k8s.io/v1/types.ts';
import { CERTIFICATE_SIGNING_REQUESTS } from '../../../apis/resource-types.ts';
import {
  type Controller,
  type ControllerDeps,
  source,
} from '../../../controller-kit/controller.ts';
import { isNotFound } from '../../../machinery/status-error.ts';

const HOUR_MS = 60 * 60 * 1000;
/** DECIDED_MS is how long a request stays after it was approved, denied or failed. */
const DECIDED_MS = HOUR_MS;
/** PENDING_MS is how long a request waits for a decision. */
const PENDING_MS = 24 * HOUR_MS;

/** endOf is when a request goes, in milliseconds since 1970. */
function endOf({ metadata, status }: CertificateSigningRequest): number {
  const made = Date.parse(metadata.creationTimestamp ?? '');
  const decided = (status?.conditions ?? [])
    .filter((one) => ['Approved', 'Denied', 'Failed'].includes(one.type))
    .map((one) => Date.parse(one.lastUpdateTime ?? metadata.creationTimestamp ?? '') + DECIDED_MS);
  return Math.min(made + PENDING_MS, ...decided);
}

/**
 * newCertificateCleaner removes requests that are an hour past their decision, or that nobody
 * decided on for a day (kube-controller-manager's `csrcleaner`).
 */
export function newCertificateCleaner({ client, informers, clock }: ControllerDeps): Controller {
  const requests = informers.informer(CERTIFICATE_SIGNING_REQUESTS);
  return {
    name: 'csrcleaner',
    sources: [source(CERTIFICATE_SIGNING_REQUESTS, (one) => [one.metadata.name ?? ''])],
    reconcile: async (name) => {
      const csr = requests.get(name);
      if (!csr) return undefined;
      const left = endOf(csr) - clock.now().getTime();
      if (left > 0) return { requeueAfterMs: left };
      const { uid = '' } = csr.metadata;
      const options = { preconditions: { uid } };
      await client
        .delete(CERTIFICATE_SIGNING_REQUESTS, { name }, options)
        .catch((error: unknown) => {
          if (!isNotFound(error)) throw error;
        });
      return undefined;
    },
  };
}
