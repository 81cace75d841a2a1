import {
  CertificateRequestError,
  parseCertificateRequest,
} from '../../apis/certificates.k8s.io/v1/certificate-request.ts';
import { KUBE_APISERVER_CLIENT } from '../../apis/certificates.k8s.io/v1/signers.ts';
import type { CertificateSigningRequest } from '../../apis/certificates.k8s.io/v1/types.ts';
import type { Admission, AdmissionRequest, Authorizer } from '../../apiserver/contracts.ts';
import { deepEqual } from '../../machinery/deep-equal.ts';
import { newRefusal } from '../refusal.ts';

const MASTERS = 'system:masters';

/** mayUse asks for a verb on a signer, by its name or by its domain with a star. */
async function mayUse(
  authorizer: Authorizer,
  { context }: AdmissionRequest,
  { verb, signerName }: { readonly verb: string; readonly signerName: string },
): Promise<boolean> {
  const domain = `${signerName.split('/')[0]}/*`;
  for (const name of [signerName, domain]) {
    const { allowed } = await authorizer.authorize({
      user: context.user,
      verb,
      group: 'certificates.k8s.io',
      version: '*',
      resource: 'signers',
      subresource: '',
      name,
      namespace: '',
    });
    if (allowed) return true;
  }
  return false;
}

function groupsOf(csr: CertificateSigningRequest): readonly string[] {
  try {
    return parseCertificateRequest(csr.spec.request).organizations;
  } catch (error) {
    // What is wrong with the request itself, validation says.
    if (error instanceof CertificateRequestError) return [];
    throw error;
  }
}

/**
 * newCertificateAdmission lets certificates be approved and signed only by who may do so for the
 * signer, and nobody become a member of system:masters by one (admission plugins
 * CertificateApproval, CertificateSigning and CertificateSubjectRestriction).
 */
export function newCertificateAdmission(authorizer: Authorizer): Admission {
  const demand = async (request: AdmissionRequest, verb: 'approve' | 'sign') => {
    const { signerName } = (request.old as CertificateSigningRequest).spec;
    if (await mayUse(authorizer, request, { verb, signerName })) return;
    const text = `user not permitted to ${verb} requests with signerName ${JSON.stringify(signerName)}`;
    throw newRefusal(request, text);
  };
  return {
    validate(request) {
      const { operation, type, subresource } = request;
      if (type.resource !== 'certificatesigningrequests' || type.group !== 'certificates.k8s.io')
        return undefined;
      const csr = request.object as CertificateSigningRequest;
      if (operation === 'CREATE' && subresource === '') {
        if (csr.spec.signerName !== KUBE_APISERVER_CLIENT || !groupsOf(csr).includes(MASTERS))
          return undefined;
        const text = `use of ${KUBE_APISERVER_CLIENT} signer with ${MASTERS} group is not allowed`;
        throw newRefusal(request, text);
      }
      if (operation !== 'UPDATE') return undefined;
      if (subresource === 'approval') return demand(request, 'approve');
      const old = request.old as CertificateSigningRequest;
      const isSigning = subresource === 'status' && !deepEqual(csr.status, old.status);
      return isSigning ? demand(request, 'sign') : undefined;
    },
  };
}
