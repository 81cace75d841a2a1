import type {
  ConfigMap,
  Container,
  EnvFromSource,
  EnvVar,
  Secret,
  Service,
} from '../../apis/core/v1/types.ts';
import { envNameErrors } from '../../machinery/names.ts';
import { ContainerConfigError } from './config-error.ts';
import { expand } from './expand.ts';
import { type FieldContext, fieldValue, resourceValue } from './field-ref.ts';
import { serviceVariables } from './service-env.ts';

/** PodSources are the objects that a pod's containers and volumes take values from. */
export interface PodSources {
  readonly configMaps: ReadonlyMap<string, ConfigMap>;
  readonly secrets: ReadonlyMap<string, Secret>;
  readonly services: readonly Service[];
}

/** ResolvedEnv is a container's environment, and the keys of envFrom that are no variable names. */
export interface ResolvedEnv {
  readonly variables: ReadonlyMap<string, string>;
  readonly skipped: readonly { kind: string; name: string; keys: readonly string[] }[];
}

function decode(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8');
}

interface Named {
  readonly kind: 'configmap' | 'secret';
  readonly name: string;
  readonly optional: boolean;
}

function dataOf(named: Named, sources: PodSources): Record<string, string> | undefined {
  if (named.kind === 'configmap') {
    const map = sources.configMaps.get(named.name);
    return map && { ...map.data };
  }
  const secret = sources.secrets.get(named.name);
  const entries = Object.entries(secret?.data ?? {});
  return secret && Object.fromEntries(entries.map(([key, value]) => [key, decode(value)]));
}

function needed(named: Named, sources: PodSources): Record<string, string> | undefined {
  const data = dataOf(named, sources);
  if (data !== undefined || named.optional) return data;
  throw new ContainerConfigError(`${named.kind} "${named.name}" not found`);
}

function keyValue(
  named: Named,
  key: string,
  context: FieldContext & { sources: PodSources },
): string | undefined {
  const value = needed(named, context.sources)?.[key];
  if (value !== undefined || named.optional) return value;
  const kind = named.kind === 'configmap' ? 'ConfigMap' : 'Secret';
  const where = `${context.pod.metadata.namespace}/${named.name}`;
  throw new ContainerConfigError(`couldn't find key ${key} in ${kind} ${where}`);
}

function containerNamed(context: FieldContext, name: string | undefined, own: Container) {
  const { containers = [], initContainers = [] } = context.pod.spec ?? {};
  return [...containers, ...initContainers].find((one) => one.name === name) ?? own;
}

interface EnvContext extends FieldContext {
  readonly sources: PodSources;
}

function sourcedValue(env: EnvVar, container: Container, context: EnvContext): string | undefined {
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = env.valueFrom ?? {};
  if (fieldRef) return fieldValue(fieldRef, context);
  if (resourceFieldRef) {
    const subject = containerNamed(context, resourceFieldRef.containerName, container);
    return resourceValue(resourceFieldRef, subject, context);
  }
  const ref = configMapKeyRef ?? secretKeyRef;
  if (ref === undefined) return '';
  const kind = configMapKeyRef ? 'configmap' : 'secret';
  const named: Named = { kind, name: ref.name ?? '', optional: ref.optional ?? false };
  return keyValue(named, ref.key, context);
}

function fromSource(source: EnvFromSource, sources: PodSources) {
  const ref = source.configMapRef ?? source.secretRef;
  const kind = source.configMapRef ? 'configmap' : 'secret';
  const named: Named = { kind, name: ref?.name ?? '', optional: ref?.optional ?? false };
  const entries = Object.entries(needed(named, sources) ?? {}).map(
    ([key, value]) => [`${source.prefix ?? ''}${key}`, value] as const,
  );
  const isName = ([key]: readonly [string, string]): boolean => envNameErrors(key).length === 0;
  return {
    entries: entries.filter(isName),
    skipped: {
      kind: kind === 'configmap' ? 'ConfigMap' : 'Secret',
      name: named.name,
      keys: entries.filter((entry) => !isName(entry)).map(([key]) => key),
    },
  };
}

/**
 * resolveEnv is the environment of a container: service variables, envFrom, then env, the later
 * winning, with `$(NAME)` replaced by what came before. Throws ContainerConfigError.
 */
export function resolveEnv(container: Container, context: EnvContext): ResolvedEnv {
  const { pod, sources } = context;
  const links = pod.spec?.enableServiceLinks ?? true;
  const services = serviceVariables(sources.services, pod.metadata.namespace ?? '', links);
  const froms = (container.envFrom ?? []).map((source) => fromSource(source, sources));
  const own = new Map<string, string>(froms.flatMap(({ entries }) => entries));
  for (const env of container.env ?? []) {
    const lookup = (name: string) => own.get(name) ?? services.get(name);
    const value = env.valueFrom
      ? sourcedValue(env, container, context)
      : expand(env.value ?? '', lookup);
    if (value !== undefined) own.set(env.name, value);
  }
  return {
    variables: new Map([...services, ...own]),
    skipped: froms.map(({ skipped }) => skipped).filter(({ keys }) => keys.length > 0),
  };
}
