import {
  type FieldError,
  invalid,
  notSupported,
  required,
} from '../../../machinery/field-error.ts';
import { validateTemplateMeta } from '../../core/v1/volume-source-validation.ts';
import { goEqual, internalForm, schemaOf } from '../../schema/index.ts';
import { configurationErrors } from './configuration-validation.ts';
import { distinct, items, label, requiredSubdomain } from './item-rules.ts';
import { fullyQualifiedNameErrors } from './qualified-name.ts';
import { type RequestNames, requestNamesOf, requestReferenceErrors } from './request-names.ts';
import { type ExpressionCheck, selectorErrors } from './selector-validation.ts';
import { tolerationErrors } from './toleration-validation.ts';
import type {
  DeviceClaim,
  DeviceConstraint,
  DeviceRequest,
  ExactDeviceRequest,
  ResourceClaim,
  ResourceClaimSpec,
  ResourceClaimTemplate,
} from './types.ts';

const MAX_REQUESTS = 32;
const MAX_CONSTRAINTS = 32;
const MAX_CONFIGURATIONS = 32;
const MAX_ALTERNATIVES = 8;
const MODES = ['All', 'ExactCount'];
const ONE_KIND = 'exactly one of `exactly` or `firstAvailable` is required';

function modeErrors(path: string, { allocationMode = '', count = 0 }: ExactDeviceRequest) {
  if (allocationMode === 'All') {
    const detail = "must not be specified when allocationMode is 'All'";
    return count === 0 ? [] : [invalid(`${path}.count`, count, detail)];
  }
  if (allocationMode === 'ExactCount')
    return count > 0 ? [] : [invalid(`${path}.count`, count, 'must be greater than zero')];
  return [notSupported(`${path}.allocationMode`, allocationMode, MODES)];
}

function exactErrors(path: string, one: ExactDeviceRequest, check: ExpressionCheck): FieldError[] {
  return [
    ...requiredSubdomain(`${path}.deviceClassName`, one.deviceClassName),
    ...selectorErrors(`${path}.selectors`, one.selectors, check),
    ...modeErrors(path, one),
    ...items(`${path}.tolerations`, one.tolerations, tolerationErrors),
  ];
}

function alternativesErrors(path: string, request: DeviceRequest, check: ExpressionCheck) {
  const { firstAvailable } = request;
  return [
    ...items(
      path,
      firstAvailable,
      (one, place) => [...label(`${place}.name`, one.name), ...exactErrors(place, one, check)],
      MAX_ALTERNATIVES,
    ),
    ...distinct(path, firstAvailable, { key: (one) => one.name, field: 'name' }),
  ];
}

function requestErrors(path: string, request: DeviceRequest, check: ExpressionCheck): FieldError[] {
  const { name, exactly, firstAvailable = [] } = request;
  const hasAlternatives = firstAvailable.length > 0;
  const errors = [
    ...label(`${path}.name`, name),
    ...alternativesErrors(`${path}.firstAvailable`, request, check),
    ...(exactly ? exactErrors(`${path}.exactly`, exactly, check) : []),
  ];
  if (!hasAlternatives && !exactly) errors.push(required(path, ONE_KIND));
  if (hasAlternatives && exactly)
    errors.push(invalid(path, null, `${ONE_KIND}, but multiple fields are set`));
  return errors;
}

function referencesErrors(path: string, requests: readonly string[] = [], names: RequestNames) {
  return [
    ...items(path, requests, (one, at) => requestReferenceErrors(at, one, names), MAX_REQUESTS),
    ...distinct(path, requests, { key: (one) => one }),
  ];
}

function constraintErrors(path: string, one: DeviceConstraint, names: RequestNames): FieldError[] {
  const field = one.matchAttribute === undefined ? 'distinctAttribute' : 'matchAttribute';
  const attribute = one[field];
  return [
    ...referencesErrors(`${path}.requests`, one.requests, names),
    ...(attribute === undefined
      ? [required(`${path}.matchAttribute`)]
      : fullyQualifiedNameErrors(`${path}.${field}`, attribute)),
  ];
}

function deviceClaimErrors(
  path: string,
  claim: DeviceClaim,
  { check, isStored }: { readonly check: ExpressionCheck; readonly isStored: boolean },
): FieldError[] {
  const names = requestNamesOf(claim);
  const { requests, constraints, config } = claim;
  const configuration = (one: NonNullable<typeof config>[number], at: string) => [
    ...referencesErrors(`${at}.requests`, one.requests, names),
    ...configurationErrors(at, one, isStored),
  ];
  return [
    ...items(
      `${path}.requests`,
      requests,
      (one, at) => requestErrors(at, one, check),
      MAX_REQUESTS,
    ),
    ...distinct(`${path}.requests`, requests, { key: ({ name }) => name, field: 'name' }),
    ...items(
      `${path}.constraints`,
      constraints,
      (one, at) => constraintErrors(at, one, names),
      MAX_CONSTRAINTS,
    ),
    ...items(`${path}.config`, config, configuration, MAX_CONFIGURATIONS),
  ];
}

/** validateResourceClaim checks which devices a claim asks for. */
export function validateResourceClaim(
  { spec }: ResourceClaim,
  check: ExpressionCheck,
): FieldError[] {
  return deviceClaimErrors('spec.devices', spec?.devices ?? {}, { check, isStored: false });
}

const SPEC = schemaOf('io.k8s.api.resource.v1.ResourceClaimSpec');
const TEMPLATE_SPEC = schemaOf('io.k8s.api.resource.v1.ResourceClaimTemplateSpec');

/** validateResourceClaimUpdate keeps the spec; upstream checks it twice. */
export function validateResourceClaimUpdate(
  { spec }: ResourceClaim,
  old: ResourceClaim,
  check: ExpressionCheck,
): FieldError[] {
  const shown = internalForm('resource.ResourceClaimSpec', spec ?? {});
  return [
    ...(goEqual(SPEC, spec, old.spec) ? [] : [invalid('spec', shown, 'field is immutable')]),
    ...deviceClaimErrors('spec.devices', spec?.devices ?? {}, { check, isStored: true }),
  ];
}

function templateErrors(
  { spec }: ResourceClaimTemplate,
  facts: { readonly check: ExpressionCheck; readonly isStored: boolean },
): FieldError[] {
  const { metadata, spec: claim }: { metadata?: object; spec?: ResourceClaimSpec } = spec ?? {};
  return [
    ...validateTemplateMeta(metadata ?? {}, 'spec.metadata'),
    ...deviceClaimErrors('spec.spec.devices', claim?.devices ?? {}, facts),
  ];
}

/** validateResourceClaimTemplate checks what claims are made of. */
export function validateResourceClaimTemplate(
  template: ResourceClaimTemplate,
  check: ExpressionCheck,
): FieldError[] {
  return templateErrors(template, { check, isStored: false });
}

/** validateResourceClaimTemplateUpdate keeps the spec. */
export function validateResourceClaimTemplateUpdate(
  template: ResourceClaimTemplate,
  old: ResourceClaimTemplate,
  check: ExpressionCheck,
): FieldError[] {
  const { spec } = template;
  const claim = internalForm('resource.ResourceClaimSpec', spec?.spec ?? {});
  const shown = { ...spec?.metadata, Spec: claim };
  return [
    ...(goEqual(TEMPLATE_SPEC, spec, old.spec)
      ? []
      : [invalid('spec', shown, 'field is immutable')]),
    ...templateErrors(template, { check, isStored: true }),
  ];
}
