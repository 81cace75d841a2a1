import type { ParamKind, ParamRef } from '../../apis/admissionregistration.k8s.io/v1/types.ts';
import { selects } from '../../apis/core/v1/selector-matching.ts';
import { apiVersionOf, type KubeObject, type ResourceType } from '../../machinery/object.ts';

/** ParamParts is how parameters are found. */
export interface ParamParts {
  /** Answers all types that are stored and served now. */
  types(): readonly ResourceType[];
  /** get and list answer objects as the server knows them now. */
  get(type: ResourceType, namespace: string, name: string): KubeObject | undefined;
  list(type: ResourceType, namespace: string): readonly KubeObject[];
}

/** ConfigurationError is that a policy cannot be used as it is configured. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/** paramTypeOf answers the type of the parameters of a policy; throws a ConfigurationError. */
export function paramTypeOf({ apiVersion, kind }: ParamKind, parts: ParamParts): ResourceType {
  const found = parts
    .types()
    .find((type) => type.kind === kind && apiVersionOf(type) === apiVersion);
  if (found) return found;
  throw new ConfigurationError(
    `failed to find resource referenced by paramKind: '${apiVersion}, Kind=${kind}'`,
  );
}

function namespaceFor(type: ResourceType, ref: ParamRef, requestNamespace: string): string {
  if (!type.namespaced) {
    if (!ref.namespace) return '';
    throw new ConfigurationError(
      'paramRef.namespace must not be provided for a cluster-scoped `paramKind`',
    );
  }
  const namespace = ref.namespace || requestNamespace;
  if (namespace !== '') return namespace;
  throw new ConfigurationError(
    'cannot use namespaced paramRef in policy binding that matches cluster-scoped resources',
  );
}

/**
 * paramsFor answers the parameters with which a policy is evaluated, once for each: undefined
 * stands for none. Throws a ConfigurationError.
 */
export function paramsFor(
  paramKind: ParamKind | undefined,
  ref: ParamRef | undefined,
  about: { readonly namespace: string; readonly parts: ParamParts },
): readonly (KubeObject | undefined)[] {
  if (!paramKind || !ref) return [undefined];
  const type = paramTypeOf(paramKind, about.parts);
  const namespace = namespaceFor(type, ref, about.namespace);
  const found = ref.name
    ? named(type, namespace, ref.name, about.parts)
    : selected(type, namespace, ref, about.parts);
  if (found.length > 0 || ref.parameterNotFoundAction !== 'Deny') return found;
  throw new ConfigurationError(
    'no params found for policy binding with `Deny` parameterNotFoundAction',
  );
}

function named(
  type: ResourceType,
  namespace: string,
  name: string,
  parts: ParamParts,
): readonly KubeObject[] {
  const found = parts.get(type, namespace, name);
  return found ? [found] : [];
}

function selected(
  type: ResourceType,
  namespace: string,
  { selector }: ParamRef,
  parts: ParamParts,
): readonly KubeObject[] {
  return parts.list(type, namespace).filter(({ metadata }) => selects(selector, metadata.labels));
}
