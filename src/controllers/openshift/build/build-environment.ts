import type { Build } from '../../../apis/build.openshift.io/v1/types.ts';
import type { EnvVar, EnvVarSource } from '../../../apis/core/v1/types.ts';
import { CONFIG_MAPS, SECRETS } from '../../../apis/resource-types.ts';
import type { Client } from '../../../client/client.ts';
import { isNotFound } from '../../../machinery/status-error.ts';

/** UnresolvedVariable says that a variable of a build refers to something that is not there. */
export class UnresolvedVariable extends Error {
  override readonly name = 'UnresolvedVariable';
}

/** expand replaces `$(NAME)` of variables that came before; `$$(NAME)` stays `$(NAME)`. */
function expand(text: string, known: ReadonlyMap<string, string>): string {
  return text.replace(/\$(\$|\(([^)]*)\))/g, (whole, inner: string, name: string | undefined) => {
    if (inner === '$') return '$';
    return known.get(name ?? '') ?? whole;
  });
}

function fieldOf(build: Build, path: string): string {
  const keyed = /^metadata\.(annotations|labels)\['(.+)'\]$/.exec(path);
  if (keyed) {
    const [, map = '', key = ''] = keyed;
    return (map === 'labels' ? build.metadata.labels : build.metadata.annotations)?.[key] ?? '';
  }
  let value: unknown = build;
  for (const part of path.split('.')) {
    value = typeof value === 'object' && value !== null ? Reflect.get(value, part) : undefined;
  }
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new UnresolvedVariable(`unsupported fieldPath: ${path}`);
}

async function dataOf(
  client: Client,
  namespace: string,
  source: { kind: 'Secret' | 'ConfigMap'; name: string; key: string; optional: boolean },
): Promise<string> {
  const { kind, name, key, optional } = source;
  try {
    const ref = { namespace, name };
    const { data } =
      kind === 'Secret' ? await client.get(SECRETS, ref) : await client.get(CONFIG_MAPS, ref);
    const value = data?.[key];
    if (value !== undefined) {
      return kind === 'Secret' ? Buffer.from(value, 'base64').toString() : value;
    }
  } catch (error) {
    if (!isNotFound(error)) throw error;
    if (!optional) throw new UnresolvedVariable(error.message, { cause: error });
  }
  if (optional) return '';
  const label = kind === 'Secret' ? 'secret' : 'config map';
  throw new UnresolvedVariable(`couldn't find key ${key} in ${label} ${namespace}/${name}`);
}

async function referredValue(client: Client, build: Build, from: EnvVarSource): Promise<string> {
  const namespace = build.metadata.namespace ?? '';
  const { secretKeyRef, configMapKeyRef, fieldRef } = from;
  if (fieldRef) return fieldOf(build, fieldRef.fieldPath);
  const reference = secretKeyRef ?? configMapKeyRef;
  if (reference === undefined) throw new UnresolvedVariable('invalid valueFrom');
  return dataOf(client, namespace, {
    kind: secretKeyRef ? 'Secret' : 'ConfigMap',
    name: reference.name ?? '',
    key: reference.key,
    optional: reference.optional ?? false,
  });
}

/**
 * resolveVariables gives the variables of a build's strategy plain values, in a draft: references to
 * secrets, config maps and fields of the build, and `$(NAME)` of earlier variables. Throws
 * UnresolvedVariable.
 */
export async function resolveVariables(client: Client, draft: Build): Promise<void> {
  const { sourceStrategy, dockerStrategy, customStrategy } = draft.spec?.strategy ?? {};
  for (const strategy of [sourceStrategy, dockerStrategy, customStrategy]) {
    if (!strategy?.env) continue;
    const known = new Map<string, string>();
    const env: EnvVar[] = [];
    for (const { name, value, valueFrom } of strategy.env) {
      const text = valueFrom
        ? await referredValue(client, draft, valueFrom)
        : expand(value ?? '', known);
      known.set(name, text);
      env.push({ name, value: text });
    }
    strategy.env = env;
  }
}
