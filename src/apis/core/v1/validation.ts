import { deepEqual } from '../../../machinery/deep-equal.ts';
import {
  type FieldError,
  forbidden,
  invalid,
  required,
  tooLong,
} from '../../../machinery/field-error.ts';
import { indexPath, keyPath } from '../../../machinery/field-path.ts';
import { configKeyErrors, dnsSubdomainErrors } from '../../../machinery/names.ts';
import { specialAddressErrors } from './endpoint-ip-validation.ts';
import { legacyAddressErrors } from './ip-validation.ts';
import { appProtocolErrors, namedPortErrors } from './port-validation.ts';
import type {
  ConfigMap,
  EndpointAddress,
  EndpointPort,
  EndpointSubset,
  Endpoints,
  Secret,
} from './types.ts';
import { dnsLabel, immutable, texts } from './validation-rules.ts';

export { validateNode, validateNodeUpdate } from './node-validation.ts';
export { validatePodSpec, validatePodTemplateSpec } from './pod-spec-validation.ts';
export { validatePodStatusUpdate } from './pod-status-validation.ts';
export { validatePodUpdate } from './pod-update-validation.ts';
export { validatePod } from './pod-validation.ts';
export {
  validateControllerTemplate,
  validateReplicationController,
} from './replication-controller-validation.ts';
export { validateService, validateServiceUpdate } from './service-validation.ts';

const MAX_DATA_BYTES = 1024 * 1024;
const encoder = new TextEncoder();

function keyErrors(path: string, data: Readonly<Record<string, string>>): FieldError[] {
  return Object.keys(data).flatMap((key) => texts(keyPath(path, key), key, configKeyErrors(key)));
}

/** The number of bytes that a base64 text stands for. */
function decodedBytes(text: string): number {
  return Math.floor((text.replace(/=+$/, '').length * 3) / 4);
}

function sum(values: readonly string[], size: (value: string) => number): number {
  return values.reduce((total, value) => total + size(value), 0);
}

/** validateConfigMap checks keys and size of a config map. */
export function validateConfigMap(map: ConfigMap): FieldError[] {
  const { data = {}, binaryData = {} } = map;
  const errors = keyErrors('data', data);
  for (const key of Object.keys(data))
    if (Object.hasOwn(binaryData, key))
      errors.push(invalid(keyPath('data', key), key, 'duplicate of key present in binaryData'));
  errors.push(...keyErrors('binaryData', binaryData));
  const values = Object.values(data);
  const binary = sum(Object.values(binaryData), decodedBytes);
  // A character takes three bytes at most: most maps need no closer look.
  const isSmall = sum(values, ({ length }) => 3 * length) + binary <= MAX_DATA_BYTES;
  if (!isSmall && sum(values, (text) => encoder.encode(text).length) + binary > MAX_DATA_BYTES)
    errors.push(tooLong('[]', MAX_DATA_BYTES));
  return errors;
}

function frozenErrors<T extends { immutable?: boolean }>(
  object: T,
  old: T,
  fields: readonly (keyof T & string)[],
): FieldError[] {
  if (!old.immutable) return [];
  const detail = 'field is immutable when `immutable` is set';
  const changed = fields.filter((field) => !deepEqual(object[field] ?? {}, old[field] ?? {}));
  return [...(object.immutable ? [] : ['immutable']), ...changed].map((field) =>
    forbidden(field, detail),
  );
}

/** validateConfigMapUpdate keeps an immutable config map as it is. */
export function validateConfigMapUpdate(map: ConfigMap, old: ConfigMap): FieldError[] {
  return frozenErrors(map, old, ['data', 'binaryData']);
}

function missing(secret: Secret, keys: readonly string[]): FieldError[] {
  return keys
    .filter((key) => secret.data?.[key] === undefined)
    .map((key) => required(keyPath('data', key)));
}

/** How Go words what is wrong with the JSON text in a secret. */
function goJsonError(encoded: string, error: unknown): string {
  const text = atob(encoded);
  const at = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1] ?? '0';
  const char = text[Number(at)];
  if (char === undefined) return 'unexpected end of JSON input';
  return `invalid character '${char}' looking for beginning of value`;
}

function jsonErrors(secret: Secret, key: string): FieldError[] {
  const encoded = secret.data?.[key];
  if (encoded === undefined) return [required(keyPath('data', key))];
  const redacted = '<secret contents redacted>';
  try {
    const parsed: unknown = JSON.parse(atob(encoded));
    return typeof parsed === 'object'
      ? []
      : [
          invalid(
            keyPath('data', key),
            redacted,
            `json: cannot unmarshal ${typeof parsed} into Go value of type map[string]interface {}`,
          ),
        ];
  } catch (error) {
    const text = goJsonError(encoded, error);
    return [invalid(keyPath('data', key), redacted, text)];
  }
}

const ACCOUNT_ANNOTATION = 'kubernetes.io/service-account.name';

function secretTypeErrors(secret: Secret): FieldError[] {
  switch (secret.type) {
    case 'kubernetes.io/service-account-token':
      return secret.metadata.annotations?.[ACCOUNT_ANNOTATION]
        ? []
        : [required(keyPath('metadata.annotations', ACCOUNT_ANNOTATION))];
    case 'kubernetes.io/dockercfg':
      return jsonErrors(secret, '.dockercfg');
    case 'kubernetes.io/dockerconfigjson':
      return jsonErrors(secret, '.dockerconfigjson');
    case 'kubernetes.io/basic-auth': {
      const errors = missing(secret, ['username', 'password']);
      return errors.length === 2 ? errors : [];
    }
    case 'kubernetes.io/ssh-auth':
      return secret.data?.['ssh-privatekey'] ? [] : [required('data[ssh-privatekey]')];
    case 'kubernetes.io/tls':
      return missing(secret, ['tls.crt', 'tls.key']);
    default:
      return [];
  }
}

/** validateSecret checks keys, size and what the secret's type demands. */
export function validateSecret(secret: Secret): FieldError[] {
  const data = secret.data ?? {};
  const errors = keyErrors('data', data);
  if (sum(Object.values(data), decodedBytes) > MAX_DATA_BYTES)
    errors.push(tooLong('data', MAX_DATA_BYTES));
  return [...errors, ...secretTypeErrors(secret)];
}

/** validateSecretUpdate keeps a secret's type, and an immutable secret as it is. */
export function validateSecretUpdate(secret: Secret, old: Secret): FieldError[] {
  return [...immutable('type', secret.type, old.type), ...frozenErrors(secret, old, ['data'])];
}

function addressErrors(address: EndpointAddress, path: string): FieldError[] {
  const { ip = '', hostname, nodeName } = address;
  return [
    ...legacyAddressErrors(`${path}.ip`, ip),
    ...(hostname ? dnsLabel(`${path}.hostname`, hostname) : []),
    ...texts(
      `${path}.nodeName`,
      nodeName,
      nodeName === undefined ? [] : dnsSubdomainErrors(nodeName),
    ),
    ...specialAddressErrors(`${path}.ip`, ip),
  ];
}

function portErrors(port: EndpointPort, path: string, needsName: boolean): FieldError[] {
  return [...namedPortErrors(path, port, needsName), ...appProtocolErrors(path, port.appProtocol)];
}

function subsetErrors(subset: EndpointSubset, path: string): FieldError[] {
  const { addresses = [], notReadyAddresses = [], ports = [] } = subset;
  const errors: FieldError[] = [];
  if (addresses.length === 0 && notReadyAddresses.length === 0)
    errors.push(required(path, 'must specify `addresses` or `notReadyAddresses`'));
  for (const [index, one] of addresses.entries())
    errors.push(...addressErrors(one, indexPath(`${path}.addresses`, index)));
  for (const [index, one] of notReadyAddresses.entries())
    errors.push(...addressErrors(one, indexPath(`${path}.notReadyAddresses`, index)));
  for (const [index, port] of ports.entries())
    errors.push(...portErrors(port, indexPath(`${path}.ports`, index), ports.length > 1));
  return errors;
}

/** validateEndpoints checks addresses and ports. */
export function validateEndpoints(endpoints: Endpoints): FieldError[] {
  return (endpoints.subsets ?? []).flatMap((subset, index) =>
    subsetErrors(subset, indexPath('subsets', index)),
  );
}
