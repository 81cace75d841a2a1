import { humanDuration } from '../../../machinery/duration.ts';
import { ageColumn, nameColumn, type PrinterColumn } from '../../printer-column.ts';
import type { CertificateSigningRequest } from './types.ts';

function stateOf({ status }: CertificateSigningRequest): string {
  const types = (status?.conditions ?? []).map((one) => one.type);
  const decision = types.includes('Denied')
    ? 'Denied'
    : types.includes('Approved')
      ? 'Approved'
      : 'Pending';
  const failed = types.includes('Failed') ? ',Failed' : '';
  return `${decision}${failed}${status?.certificate ? ',Issued' : ''}`;
}

/** CERTIFICATE_COLUMNS are what `kubectl get csr` shows. */
export const CERTIFICATE_COLUMNS: readonly PrinterColumn<CertificateSigningRequest>[] = [
  nameColumn(),
  ageColumn(),
  {
    name: 'SignerName',
    type: 'string',
    description:
      'Requested signer for the request. It is a qualified name in the form: `scope-hostname.io/name`.',
    cell: ({ spec }) => spec.signerName || '<none>',
  },
  {
    name: 'Requestor',
    type: 'string',
    description: 'Base64-encoded PKCS#10 CSR data',
    cell: ({ spec }) => spec.username ?? '',
  },
  {
    name: 'RequestedDuration',
    type: 'string',
    description:
      'expirationSeconds is the requested duration of validity of the issued certificate.',
    cell: ({ spec }) =>
      spec.expirationSeconds === undefined
        ? '<none>'
        : humanDuration(spec.expirationSeconds * 1000),
  },
  {
    name: 'Condition',
    type: 'string',
    description: 'Conditions applied to the request, such as approval or denial.',
    cell: stateOf,
  },
];
