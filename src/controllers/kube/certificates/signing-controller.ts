import {
  CertificateRequestError,
  parseCertificateRequest,
} from '../../../apis/certificates.k8s.io/v1/certificate-request.ts';
import { isSet, signerProblem } from '../../../apis/certificates.k8s.io/v1/signers.ts';
import type { CertificateSigningRequest } from '../../../apis/certificates.k8s.io/v1/types.ts';
import { CERTIFICATE_SIGNING_REQUESTS } from '../../../apis/resource-types.ts';
import {
  type Controller,
  type ControllerDeps,
  source,
} from '../../../controller-kit/controller.ts';
import { timestampOf } from '../../../machinery/timestamp.ts';

/** MAX_SECONDS is the longest life of a certificate; it is what requests get that name none. */
const MAX_SECONDS = 365 * 24 * 60 * 60;
const MIN_SECONDS = 600;

/**
 * SignCertificate signs `spec.request` with the authority of the API's clients and answers
 * `status.certificate`, both base64.
 */
export type SignCertificate = (
  request: string,
  options: { readonly usages: readonly string[]; readonly seconds: number },
) => Promise<string>;

function problemOf({ spec }: CertificateSigningRequest): string | undefined {
  try {
    return signerProblem(spec.signerName, parseCertificateRequest(spec.request), spec.usages ?? []);
  } catch (error) {
    if (error instanceof CertificateRequestError) return error.message;
    throw error;
  }
}

function failedWith(csr: CertificateSigningRequest, message: string, now: string) {
  const failed = {
    type: 'Failed',
    status: 'True',
    reason: 'SignerValidationFailure',
    message,
    lastUpdateTime: now,
  };
  const conditions = [...(csr.status?.conditions ?? []), failed];
  return { ...csr, status: { ...csr.status, conditions } };
}

/**
 * newSigningController signs approved requests to Kubernetes' own signers, or says in a condition
 * why it does not (kube-controller-manager's `csrsigning`).
 */
export function newSigningController(
  { client, informers, clock }: ControllerDeps,
  sign: SignCertificate,
): Controller {
  const requests = informers.informer(CERTIFICATE_SIGNING_REQUESTS);
  return {
    name: 'csrsigning',
    sources: [source(CERTIFICATE_SIGNING_REQUESTS, (one) => [one.metadata.name ?? ''])],
    reconcile: async (name) => {
      const csr = requests.get(name);
      if (!csr || csr.status?.certificate || csr.metadata.deletionTimestamp) return undefined;
      if (!isSet(csr, 'Approved') || isSet(csr, 'Denied') || isSet(csr, 'Failed')) return undefined;
      const problem = problemOf(csr);
      if (problem === undefined) return undefined;
      if (problem !== '') {
        const failed = failedWith(csr, problem, timestampOf(clock.now()));
        await client.updateStatus(CERTIFICATE_SIGNING_REQUESTS, failed);
        return undefined;
      }
      const { request, usages = [], expirationSeconds = MAX_SECONDS } = csr.spec;
      const seconds = Math.max(MIN_SECONDS, Math.min(expirationSeconds, MAX_SECONDS));
      const certificate = await sign(request, { usages, seconds });
      const status = { ...csr.status, certificate };
      await client.updateStatus(CERTIFICATE_SIGNING_REQUESTS, { ...csr, status });
      return undefined;
    },
  };
}
