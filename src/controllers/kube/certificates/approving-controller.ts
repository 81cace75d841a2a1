import type { SubjectAccessReview } from '../../../apis/authorization.k8s.io/v1/types.ts';
import {
  type CertificateRequest,
  CertificateRequestError,
  parseCertificateRequest,
} from '../../../apis/certificates.k8s.io/v1/certificate-request.ts';
import {
  isSet,
  KUBELET_CLIENT,
  kubeletClientProblem,
} from '../../../apis/certificates.k8s.io/v1/signers.ts';
import type { CertificateSigningRequest } from '../../../apis/certificates.k8s.io/v1/types.ts';
import { CERTIFICATE_SIGNING_REQUESTS } from '../../../apis/resource-types.ts';
import type { Client } from '../../../client/client.ts';
import {
  type Controller,
  type ControllerDeps,
  source,
} from '../../../controller-kit/controller.ts';
import type { ResourceType } from '../../../machinery/object.ts';

const REVIEWS: ResourceType<SubjectAccessReview> = {
  group: 'authorization.k8s.io',
  version: 'v1',
  resource: 'subjectaccessreviews',
  kind: 'SubjectAccessReview',
  namespaced: false,
};

/** Recognizer is one kind of request that is approved to who has a permission. */
interface Recognizer {
  readonly subresource: string;
  readonly message: string;
  recognizes(csr: CertificateSigningRequest, request: CertificateRequest): boolean;
}

const RECOGNIZERS: readonly Recognizer[] = [
  {
    subresource: 'selfnodeclient',
    message: 'Auto approving self kubelet client certificate after SubjectAccessReview.',
    recognizes: ({ spec }, request) => spec.username === request.commonName,
  },
  {
    subresource: 'nodeclient',
    message: 'Auto approving kubelet client certificate after SubjectAccessReview.',
    recognizes: () => true,
  },
];

function nodeRequestOf({ spec }: CertificateSigningRequest): CertificateRequest | undefined {
  if (spec.signerName !== KUBELET_CLIENT) return undefined;
  try {
    const request = parseCertificateRequest(spec.request);
    return kubeletClientProblem(request, spec.usages ?? []) === '' ? request : undefined;
  } catch (error) {
    if (error instanceof CertificateRequestError) return undefined;
    throw error;
  }
}

async function isAllowed(
  client: Client,
  { spec }: CertificateSigningRequest,
  subresource: string,
): Promise<boolean> {
  const { username: user = '', uid, groups = [], extra } = spec;
  const review = await client.create(REVIEWS, {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SubjectAccessReview',
    metadata: {},
    spec: {
      user,
      groups,
      ...(uid && { uid }),
      ...(extra && { extra }),
      resourceAttributes: {
        group: 'certificates.k8s.io',
        resource: 'certificatesigningrequests',
        verb: 'create',
        subresource,
        version: '*',
      },
    },
  });
  return review.status?.allowed ?? false;
}

/**
 * newApprovingController approves the client certificates of nodes to who may make them
 * (kube-controller-manager's `csrapproving`).
 */
export function newApprovingController({ client, informers }: ControllerDeps): Controller {
  const requests = informers.informer(CERTIFICATE_SIGNING_REQUESTS);
  return {
    name: 'csrapproving',
    sources: [source(CERTIFICATE_SIGNING_REQUESTS, (one) => [one.metadata.name ?? ''])],
    reconcile: async (name) => {
      const csr = requests.get(name);
      if (!csr || csr.status?.certificate || isSet(csr, 'Approved') || isSet(csr, 'Denied'))
        return undefined;
      const request = nodeRequestOf(csr);
      if (!request) return undefined;
      for (const { subresource, message, recognizes } of RECOGNIZERS) {
        if (!recognizes(csr, request) || !(await isAllowed(client, csr, subresource))) continue;
        const approved = { type: 'Approved', status: 'True', reason: 'AutoApproved', message };
        const conditions = [...(csr.status?.conditions ?? []), approved];
        const changed = { ...csr, status: { ...csr.status, conditions } };
        await client.update(CERTIFICATE_SIGNING_REQUESTS, changed, { subresource: 'approval' });
        return undefined;
      }
      return undefined;
    },
  };
}
