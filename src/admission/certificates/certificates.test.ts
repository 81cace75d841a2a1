import { describe, expect, it } from 'vitest';
import type { CertificateSigningRequest } from '../../apis/certificates.k8s.io/v1/types.ts';
import { CERTIFICATE_SIGNING_REQUESTS } from '../../apis/resource-types.ts';
import type { AdmissionRequest } from '../../apiserver/contracts.ts';
import { newCertificateAdmission } from './certificates.ts';

/** O=system:masters, CN=evil. */
const MASTERS =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIak1JR0tBZ0VBTUNneEZ6QVZCZ05WQkFvTURuTjVjM1JsYlRwdFlYTjBaWEp6TVEwd0N3WURWUVFEREFSbApkbWxzTUZrd0V3WUhLb1pJemowQ0FRWUlLb1pJemowREFRY0RRZ0FFOHpKTWJPR0ZOOHZtdjl2R2ZlY255UklPCkZBTDNRRjNaM3l5bDZ0MjRhaEI3R3hTeFg1cGd0TWtjQXFEMHppZEJ1cjhNQ2UwU0NDdlFtTzlVMmFQQzRxQUEKTUFvR0NDcUdTTTQ5QkFNQ0EwZ0FNRVVDSUJhaTlqSndvZlc1MFl3N0dmdGlPMVFZbmRTYm5MTkpXU0FFSXJNRgp0ZzFSQWlFQXNpZ1RLV2pEMFBWOUV1aEZ1OTd1TGw2K1ZSZHNsdHdpN3ppUkR6eWFGdFU9Ci0tLS0tRU5EIENFUlRJRklDQVRFIFJFUVVFU1QtLS0tLQo=';
const csr = (signerName: string, certificate = ''): CertificateSigningRequest => ({
  apiVersion: 'certificates.k8s.io/v1',
  kind: 'CertificateSigningRequest',
  metadata: { name: 'c' },
  spec: { request: MASTERS, signerName },
  status: certificate === '' ? {} : { certificate },
});

/** Admits as a user who may use some signers, each `verb name`. */
async function admit(held: string[], over: Partial<AdmissionRequest>) {
  const plugin = newCertificateAdmission({
    authorize: ({ verb, resource, name }) => ({
      allowed: resource === 'signers' && held.includes(`${verb} ${name}`),
    }),
  });
  await plugin.validate?.({
    operation: 'UPDATE',
    type: CERTIFICATE_SIGNING_REQUESTS,
    subresource: 'approval',
    namespace: '',
    name: 'c',
    object: csr('a.com/s'),
    old: csr('a.com/s'),
    context: { user: { name: 'joe', groups: [] } },
    ...over,
  } as unknown as AdmissionRequest);
}

const forbidden = (text: string) => ({
  code: 403,
  message: `certificatesigningrequests.certificates.k8s.io "c" is forbidden: ${text}`,
});

describe('the admission of certificates', () => {
  it('lets approve who may approve for the signer or its whole domain', async () => {
    const no = forbidden('user not permitted to approve requests with signerName "a.com/s"');
    await expect(admit(['sign a.com/s'], {})).rejects.toMatchObject(no);
    await expect(admit(['approve a.com/s'], {})).resolves.toBeUndefined();
    await expect(admit(['approve a.com/*'], {})).resolves.toBeUndefined();
  });

  it('lets sign who may sign', async () => {
    const status = { subresource: 'status', object: csr('a.com/s', 'cert') };
    const no = forbidden('user not permitted to sign requests with signerName "a.com/s"');
    await expect(admit(['approve a.com/s'], status)).rejects.toMatchObject(no);
    await expect(admit(['sign a.com/s'], status)).resolves.toBeUndefined();
    await expect(admit([], { subresource: 'status' })).resolves.toBeUndefined();
  });

  it('makes nobody a member of system:masters', async () => {
    const create = (signer: string) =>
      admit([], { operation: 'CREATE', subresource: '', object: csr(signer), old: undefined });
    await expect(create('kubernetes.io/kube-apiserver-client')).rejects.toMatchObject(
      forbidden(
        'use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed',
      ),
    );
    await expect(create('a.com/s')).resolves.toBeUndefined();
  });
});
