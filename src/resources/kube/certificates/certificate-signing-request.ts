import { CERTIFICATE_COLUMNS } from '../../../apis/certificates.k8s.io/v1/columns.ts';
import type {
  CertificateSigningRequest,
  CertificateSigningRequestCondition,
} from '../../../apis/certificates.k8s.io/v1/types.ts';
import {
  type Change,
  validateCertificateSigningRequest,
  validateCertificateUpdate,
} from '../../../apis/certificates.k8s.io/v1/validation.ts';
import { CERTIFICATE_SIGNING_REQUESTS } from '../../../apis/resource-types.ts';
import type { RequestContext, ResourceDefinition } from '../../../apiserver/resource-definition.ts';
import { type FieldError, invalid } from '../../../machinery/field-error.ts';
import { timestampOf } from '../../../machinery/timestamp.ts';
import { certificateProblem, requestProblem } from './request-problem.ts';

type Csr = CertificateSigningRequest;

/** stampConditions fills in the times of conditions that came without. */
function stampConditions(draft: Csr, old: Csr, now: string): void {
  for (const condition of draft.status?.conditions ?? []) {
    condition.lastUpdateTime ??= now;
    const before = old.status?.conditions?.find(
      (one) => one.type === condition.type && one.status === condition.status,
    );
    condition.lastTransitionTime ??= before?.lastTransitionTime ?? now;
  }
}

/** keepDecisions puts back what approvers said: only the subresource approval changes it. */
function keepDecisions(draft: Csr, old: Csr): void {
  const conditions = draft.status?.conditions ?? [];
  const of = (list: readonly CertificateSigningRequestCondition[], type: string) =>
    list.filter((one) => one.type === type);
  for (const type of ['Approved', 'Denied']) {
    const before = of(old.status?.conditions ?? [], type);
    const now = of(conditions, type);
    if (now.length !== before.length) continue;
    for (const [index, condition] of now.entries()) Object.assign(condition, before[index]);
  }
}

function setRequestor(draft: Csr, { user }: RequestContext): void {
  const { expirationSeconds, request, signerName, usages } = draft.spec;
  const extra = Object.entries(user.extra ?? {}).map(([key, list]) => [key, [...list]]);
  draft.spec = {
    ...(expirationSeconds !== undefined && { expirationSeconds }),
    ...(extra.length > 0 && { extra: Object.fromEntries(extra) }),
    groups: [...user.groups],
    request,
    signerName,
    ...(user.uid && { uid: user.uid }),
    ...(usages && { usages }),
    username: user.name,
  };
}

function updateErrors(csr: Csr, old: Csr, change: Change): FieldError[] {
  const errors = [
    ...(change === 'none' ? [] : validateCertificateSigningRequest(csr, '')),
    ...validateCertificateUpdate(csr, old, change),
  ];
  const { certificate = '' } = csr.status ?? {};
  if (certificate === '' || certificate === old.status?.certificate) return errors;
  const problem = certificateProblem(certificate);
  if (problem !== '') errors.unshift(invalid('status.certificate', '<certificate data>', problem));
  return errors;
}

/** certificateSigningRequestDefinition declares certificatesigningrequests, approval and status. */
export const certificateSigningRequestDefinition: ResourceDefinition<Csr> = {
  type: CERTIFICATE_SIGNING_REQUESTS,
  definition: 'io.k8s.api.certificates.v1.CertificateSigningRequest',
  shortNames: ['csr'],
  columns: CERTIFICATE_COLUMNS,
  strategy: {
    resetFields: ['spec'],
    subresourceResetFields: { status: ['status.conditions'], approval: ['status.certificate'] },
    nameRule: 'pathSegment',
    hasStatus: true,
    metadataOnStatusUpdate: 'all',
    statusChangesMetadata: true,
    prepareForCreate(draft, context) {
      setRequestor(draft, context);
      draft.status = {};
    },
    prepareForUpdate(draft, old) {
      draft.spec = structuredClone(old.spec);
      draft.status = structuredClone(old.status ?? {});
    },
    prepareForStatusUpdate(draft, old, { now }) {
      keepDecisions(draft, old);
      stampConditions(draft, old, timestampOf(now));
    },
    validate: (csr) =>
      validateCertificateSigningRequest(csr, requestProblem(csr.spec.request ?? '')),
    validateUpdate: (csr, old) => updateErrors(csr, old, 'none'),
    validateStatusUpdate: (csr, old) => updateErrors(csr, old, 'status'),
    selectableFields: ({ spec }) => ({ 'spec.signerName': spec?.signerName ?? '' }),
  },
  subresources: {
    status: { kind: 'status' },
    approval: {
      kind: 'update',
      prepareForUpdate(draft, old, { now }) {
        const conditions = draft.status?.conditions;
        stampConditions(draft, old, timestampOf(now));
        draft.spec = structuredClone(old.spec);
        const { conditions: _before, ...status } = structuredClone(old.status ?? {});
        draft.status = { ...status, ...(conditions && { conditions }) };
      },
      validateUpdate: (csr, old) => updateErrors(csr, old, 'approval'),
    },
  },
};
