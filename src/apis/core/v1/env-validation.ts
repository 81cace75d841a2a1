import {
  type FieldError,
  invalid,
  notSupported,
  required,
} from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import {
  configKeyErrors,
  dnsSubdomainErrors,
  envNameErrors,
  labelKeyErrors,
} from '../../../machinery/names.ts';
import { canonicalQuantity } from '../../../machinery/quantity.ts';
import type {
  EnvFromSource,
  EnvVar,
  EnvVarSource,
  ObjectFieldSelector,
  ResourceFieldSelector,
} from './types.ts';
import { texts } from './validation-rules.ts';

/** The fields of a pod that a variable can be made of. */
const ENV_FIELD_PATHS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];

/** VOLUME_FIELD_PATHS are the fields of a pod that a file of a downward API volume can be made of. */
export const VOLUME_FIELD_PATHS = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
];

const RESOURCE_FIELDS = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
];

const KNOWN_PATHS = new Set([...ENV_FIELD_PATHS, ...VOLUME_FIELD_PATHS]);

/** validateFieldRef checks a reference to a field of the pod. */
export function validateFieldRef(
  selector: ObjectFieldSelector,
  allowed: readonly string[],
  path: string,
): FieldError[] {
  const { fieldPath = '', apiVersion = '' } = selector;
  if (apiVersion === '') return [required(`${path}.apiVersion`)];
  if (fieldPath === '') return [required(`${path}.fieldPath`)];
  const subscript = /^(.+)\['([^']*)'\]$/.exec(fieldPath);
  if (subscript) {
    const [, base = '', key = ''] = subscript;
    if (base === 'metadata.annotations')
      return texts(path, key.toLowerCase(), labelKeyErrors(key.toLowerCase()));
    if (base === 'metadata.labels') return texts(path, key, labelKeyErrors(key));
    return [invalid(path, base, 'does not support subscript')];
  }
  if (apiVersion !== 'v1' || !KNOWN_PATHS.has(fieldPath)) {
    const problem =
      apiVersion === 'v1'
        ? `field label not supported: ${fieldPath}`
        : `unsupported pod version: ${apiVersion}`;
    const detail = `error converting fieldPath: ${problem}`;
    return [invalid(`${path}.fieldPath`, fieldPath, detail)];
  }
  return allowed.includes(fieldPath) ? [] : [notSupported(`${path}.fieldPath`, fieldPath, allowed)];
}

/** validateResourceRef checks a reference to a container's resources. */
export function validateResourceRef(
  selector: ResourceFieldSelector,
  path: string,
  rule: { readonly needsContainer: boolean },
): FieldError[] {
  const { resource = '', containerName = '' } = selector;
  if (rule.needsContainer && containerName === '') return [required(`${path}.containerName`)];
  if (resource === '') return [required(`${path}.resource`)];
  if (!(RESOURCE_FIELDS.includes(resource) || HUGE_PAGES.test(resource)))
    return [notSupported(`${path}.resource`, resource, RESOURCE_FIELDS)];
  return divisorErrors(resource, selector.divisor ?? '0', `${path}.divisor`);
}

const HUGE_PAGES = /^(requests|limits)\.hugepages-/;
const CPU_DIVISORS = ['1m', '1'];
const BYTE_DIVISORS = [
  ...['1', '1k', '1M', '1G', '1T', '1P', '1E'],
  ...['1Ki', '1Mi', '1Gi', '1Ti', '1Pi', '1Ei'],
];

/** divisorErrors: upstream shows the resource as the value here. */
function divisorErrors(resource: string, divisor: string, path: string): FieldError[] {
  const canonical = canonicalQuantity(divisor);
  if (canonical === '0') return [];
  const kind = resource.slice(resource.indexOf('.') + 1);
  if (kind === 'cpu') {
    const detail = "only divisor's values 1m and 1 are supported with the cpu resource";
    return CPU_DIVISORS.includes(canonical) ? [] : [invalid(path, resource, detail)];
  }
  const list = '1, 1k, 1M, 1G, 1T, 1P, 1E, 1Ki, 1Mi, 1Gi, 1Ti, 1Pi, 1Ei';
  const what =
    kind === 'ephemeral-storage'
      ? 'local ephemeral storage'
      : kind.startsWith('hugepages-')
        ? 'hugepages'
        : kind;
  const detail = `only divisor's values ${list} are supported with the ${what} resource`;
  return BYTE_DIVISORS.includes(canonical) ? [] : [invalid(path, resource, detail)];
}

function validateKeyRef(selector: { key: string; name?: string }, path: string): FieldError[] {
  const { name = '' } = selector;
  const errors = texts(`${path}.name`, name, dnsSubdomainErrors(name));
  if (!selector.key) errors.push(required(`${path}.key`));
  else errors.push(...texts(`${path}.key`, selector.key, configKeyErrors(selector.key)));
  return errors;
}

function validateValueFrom(variable: EnvVar, source: EnvVarSource, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = source;
  if (fieldRef) errors.push(...validateFieldRef(fieldRef, ENV_FIELD_PATHS, `${path}.fieldRef`));
  if (resourceFieldRef) {
    const rule = { needsContainer: false };
    errors.push(...validateResourceRef(resourceFieldRef, `${path}.resourceFieldRef`, rule));
  }
  if (configMapKeyRef) errors.push(...validateKeyRef(configMapKeyRef, `${path}.configMapKeyRef`));
  if (secretKeyRef) errors.push(...validateKeyRef(secretKeyRef, `${path}.secretKeyRef`));
  const sources = [fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef].filter(
    Boolean,
  ).length;
  if (sources === 0) {
    const detail =
      'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`';
    errors.push(invalid(path, '', detail));
  } else if (variable.value) {
    errors.push(invalid(path, '', 'may not be specified when `value` is not empty'));
  } else if (sources > 1) {
    errors.push(invalid(path, '', 'may not have more than one field specified at a time'));
  }
  return errors;
}

/** validateEnv checks the variables of a container. */
export function validateEnv(env: readonly EnvVar[] | undefined, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const [index, variable] of (env ?? []).entries()) {
    const { name, valueFrom } = variable;
    const problems = name ? envNameErrors(name) : undefined;
    if (problems?.length === 0 && !valueFrom) continue;
    const at = indexPath(path, index);
    errors.push(...(problems ? texts(`${at}.name`, name, problems) : [required(`${at}.name`)]));
    if (valueFrom) errors.push(...validateValueFrom(variable, valueFrom, `${at}.valueFrom`));
  }
  return errors;
}

function validateSourceRef(reference: { name?: string }, path: string): FieldError[] {
  if (!reference.name) return [required(`${path}.name`)];
  return texts(`${path}.name`, reference.name, dnsSubdomainErrors(reference.name));
}

/** validateEnvFrom checks the config maps and secrets whose keys become variables. */
export function validateEnvFrom(
  sources: readonly EnvFromSource[] | undefined,
  path: string,
): FieldError[] {
  return (sources ?? []).flatMap((source, index) => {
    const at = indexPath(path, index);
    const errors = source.prefix
      ? texts(`${at}.prefix`, source.prefix, envNameErrors(source.prefix))
      : [];
    const { configMapRef, secretRef } = source;
    if (configMapRef) errors.push(...validateSourceRef(configMapRef, `${at}.configMapRef`));
    if (secretRef) errors.push(...validateSourceRef(secretRef, `${at}.secretRef`));
    if (!configMapRef && !secretRef)
      errors.push(invalid(path, '', 'must specify one of: `configMapRef` or `secretRef`'));
    else if (configMapRef && secretRef)
      errors.push(invalid(path, '', 'may not have more than one field specified at a time'));
    return errors;
  });
}
