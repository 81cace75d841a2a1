import type { APIService } from '../../apis/apiregistration.k8s.io/v1/types.ts';
import { ageColumn, column, nameColumn } from '../../apis/printer-column.ts';
import type { Column, ResourceDefinition, Strategy } from '../../apiserver/resource-definition.ts';
import { type FieldError, invalid, notSupported, required } from '../../machinery/field-error.ts';
import { dns1035LabelErrors, dnsSubdomainErrors, portNumberErrors } from '../../machinery/names.ts';
import { timestampOf } from '../../machinery/timestamp.ts';
import { API_SERVICES, availabilityOf, localCondition } from './api-services.ts';

const MAX_GROUP_PRIORITY = 20_000;
const MAX_VERSION_PRIORITY = 1000;

const strategy: Strategy<APIService> = {
  hasStatus: true,
  subresourceResetFields: { status: ['metadata'] },
  allowUnconditionalUpdate: false,
  ratchets: true,
  plainFinalizers: true,
  nameRule: 'pathSegment',
  defaults({ spec }) {
    if (spec?.service) spec.service.port ??= 443;
  },
  prepareForCreate(draft, { now }) {
    const isLocal = !draft.spec?.service;
    draft.status = isLocal ? { conditions: [localCondition(timestampOf(now))] } : {};
  },
  validate: serviceErrors,
  validateUpdate: serviceErrors,
  validateStatusUpdate: ({ status }) =>
    (status?.conditions ?? []).flatMap((one, index) => {
      const allowed = ['True', 'False', 'Unknown'];
      if (allowed.includes(one.status)) return [];
      return [notSupported(`status.conditions[${index}].status`, one.status, allowed, 'as given')];
    }),
};

function serviceErrors({ metadata, spec }: APIService): FieldError[] {
  const { group = '', version = '', groupPriorityMinimum = 0, versionPriority = 0 } = spec ?? {};
  const errors: FieldError[] = [];
  const name = `${version}.${group}`;
  if (metadata.name && metadata.name !== name) {
    const text = `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(name)}`;
    errors.push(invalid('metadata.name', metadata.name ?? '', text));
  }
  if (group === '' && version !== 'v1') {
    const text = 'only v1 may have an empty group and it better be legacy kube';
    errors.push(required('spec.group', text));
  }
  if (group !== '') {
    errors.push(...dnsSubdomainErrors(group).map((text) => invalid('spec.group', group, text)));
  }
  errors.push(...dns1035LabelErrors(version).map((text) => invalid('spec.version', version, text)));
  const priority = (field: string, value: number, most: number) => {
    if (value > 0 && value <= most) return;
    errors.push(invalid(`spec.${field}`, value, `must be positive and less than ${most}`));
  };
  priority('groupPriorityMinimum', groupPriorityMinimum, MAX_GROUP_PRIORITY);
  priority('versionPriority', versionPriority, MAX_VERSION_PRIORITY);
  return [...errors, ...(spec?.service ? remoteErrors(spec) : localErrors(spec))];
}

function localErrors(spec: APIService['spec']): FieldError[] {
  const errors: FieldError[] = [];
  if (spec?.caBundle) {
    const size = Buffer.from(spec.caBundle, 'base64').length;
    const text = 'local APIServices may not have a caBundle';
    errors.push(invalid('spec.caBundle', `${size} bytes`, text));
  }
  if (spec?.insecureSkipTLSVerify) {
    const text = 'local APIServices may not have insecureSkipTLSVerify';
    errors.push(invalid('spec.insecureSkipTLSVerify', true, text));
  }
  return errors;
}

function remoteErrors(spec: NonNullable<APIService['spec']>): FieldError[] {
  const { namespace = '', name = '', port = 443 } = spec.service ?? {};
  const errors: FieldError[] = [];
  if (namespace === '') errors.push(required('spec.service.namespace'));
  if (name === '') errors.push(required('spec.service.name'));
  const numbers = portNumberErrors(port);
  if (numbers.length > 0) {
    errors.push(invalid('spec.service.port', port, `port is not valid: ${numbers.join(', ')}`));
  }
  if (spec.insecureSkipTLSVerify && spec.caBundle) {
    const text = 'may not be true if caBundle is present';
    errors.push(invalid('spec.insecureSkipTLSVerify', true, text));
  }
  return errors;
}

function serviceText({ spec }: APIService): string {
  return spec?.service ? `${spec.service.namespace}/${spec.service.name}` : 'Local';
}

function availableText(service: APIService): string {
  const condition = availabilityOf(service);
  if (!condition) return 'Unknown';
  const { status, reason } = condition;
  return status === 'True' || !reason ? status : `${status} (${reason})`;
}

const columns: readonly Column<APIService>[] = [
  nameColumn(),
  column('Service', 'The reference to the service that hosts this API endpoint.', serviceText),
  column('Available', 'Whether this service is available.', availableText),
  ageColumn(),
];

/** apiServiceResources are the resources by which other servers are registered. */
export function apiServiceResources(): ResourceDefinition[] {
  const definition: ResourceDefinition<APIService> = {
    type: API_SERVICES,
    definition: 'io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIService',
    categories: ['api-extensions'],
    columns,
    strategy,
    subresources: { status: { kind: 'status' } },
  };
  return [definition as unknown as ResourceDefinition];
}
