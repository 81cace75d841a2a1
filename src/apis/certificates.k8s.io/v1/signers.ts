import type { CertificateRequest } from './certificate-request.ts';
import type { CertificateSigningRequest } from './types.ts';

/** KUBE_APISERVER_CLIENT signs client certificates for the API. */
export const KUBE_APISERVER_CLIENT = 'kubernetes.io/kube-apiserver-client';
/** KUBELET_CLIENT signs the client certificates of nodes. */
export const KUBELET_CLIENT = 'kubernetes.io/kube-apiserver-client-kubelet';
/** KUBELET_SERVING signs the serving certificates of nodes. */
const KUBELET_SERVING = 'kubernetes.io/kubelet-serving';
/** LEGACY_UNKNOWN signed anything; no request for it can be made any more. */
export const LEGACY_UNKNOWN = 'kubernetes.io/legacy-unknown';

/** isSet tells whether a request has a condition. */
export function isSet(csr: CertificateSigningRequest, type: string): boolean {
  return (csr.status?.conditions ?? []).some((one) => one.type === type && one.status === 'True');
}

function sameUsages(usages: readonly string[], wanted: readonly string[]): boolean {
  return [...new Set(usages)].sort().join() === [...wanted].sort().join();
}

/** usagesAre: the usages of a node, with those that RSA keys need or without. */
function usagesAre(usages: readonly string[], purpose: string): string {
  const plain = ['digital signature', purpose];
  const all = [...plain, 'key encipherment'];
  if (sameUsages(usages, plain) || sameUsages(usages, all)) return '';
  return `usages did not match [${all.sort().join(' ')}]`;
}

function isOfNodes({ organizations }: CertificateRequest): boolean {
  return organizations.length === 1 && organizations[0] === 'system:nodes';
}

const NOT_OF_NODES = 'subject organization is not system:nodes';
const NOT_A_NODE = 'subject common name does not begin with system:node:';

/** kubeletClientProblem says why a request is none for a node's client certificate; empty: it is one. */
export function kubeletClientProblem(
  request: CertificateRequest,
  usages: readonly string[],
): string {
  if (!isOfNodes(request)) return NOT_OF_NODES;
  if (request.dnsNames.length > 0) return 'DNS subjectAltNames are not allowed';
  if (request.emailAddresses.length > 0) return 'Email subjectAltNames are not allowed';
  if (request.ipAddresses.length > 0) return 'IP subjectAltNames are not allowed';
  if (request.uris.length > 0) return 'URI subjectAltNames are not allowed';
  if (!request.commonName.startsWith('system:node:')) return NOT_A_NODE;
  return usagesAre(usages, 'client auth');
}

function kubeletServingProblem(request: CertificateRequest, usages: readonly string[]): string {
  if (!isOfNodes(request)) return NOT_OF_NODES;
  if (request.dnsNames.length + request.ipAddresses.length === 0)
    return 'DNS or IP subjectAltName is required';
  if (request.emailAddresses.length > 0) return 'Email subjectAltNames are not allowed';
  if (request.uris.length > 0) return 'URI subjectAltNames are not allowed';
  return (
    usagesAre(usages, 'server auth') ||
    (request.commonName.startsWith('system:node:') ? '' : NOT_A_NODE)
  );
}

const CLIENT_USAGES = new Set(['digital signature', 'key encipherment', 'client auth']);

function clientProblem(usages: readonly string[]): string {
  const wrong = usages.find((one) => !CLIENT_USAGES.has(one));
  if (wrong !== undefined) return `invalid usage for client certificate: ${wrong}`;
  const isClient = usages.includes('client auth');
  return isClient ? '' : 'missing required usage for client certificate: client auth';
}

/**
 * signerProblem says why one of Kubernetes' own signers does not sign a request; empty: it does;
 * undefined: the signer is somebody else's.
 */
export function signerProblem(
  signerName: string,
  request: CertificateRequest,
  usages: readonly string[],
): string | undefined {
  switch (signerName) {
    case KUBE_APISERVER_CLIENT:
      return clientProblem(usages);
    case KUBELET_CLIENT:
      return kubeletClientProblem(request, usages);
    case KUBELET_SERVING:
      return kubeletServingProblem(request, usages);
    case LEGACY_UNKNOWN:
      return '';
    default:
      return undefined;
  }
}
