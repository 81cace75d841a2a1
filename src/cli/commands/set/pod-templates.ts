import type { Container, PodSpec } from '../../../apis/core/v1/types.ts';
import { deepEqual } from '../../../machinery/deep-equal.ts';
import type { KubeObject } from '../../../machinery/object.ts';
import { isConflict } from '../../../machinery/status-error.ts';
import { CliError } from '../../cli-error.ts';
import type { Invocation } from '../../command.ts';
import type { FoundObject } from '../../resources/find-objects.ts';
import { dryRunOf, writeOptionsOf } from '../../write/write-flags.ts';

interface Templated {
  readonly spec?: PodSpec & { readonly template?: { readonly spec?: PodSpec } };
}

/** podSpecOf is the part of an object that describes pods; undefined for kinds without one. */
export function podSpecOf(object: KubeObject): PodSpec | undefined {
  const { spec } = object as Templated;
  if (object.kind === 'Pod') return spec;
  return spec?.template?.spec;
}

function pattern(text: string): RegExp {
  const escaped = text
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${escaped}$`);
}

/** containersOf are the containers whose names match a pattern with `*` and `?`. */
export function containersOf(object: KubeObject, names: string): Container[] {
  const spec = podSpecOf(object);
  const all = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
  const expression = pattern(names);
  return all.filter(({ name }) => expression.test(name));
}

/** Edit changes a draft of an object in place. */
export type Edit = (draft: KubeObject) => void;

/**
 * changeObject gives an object's draft to `edit` and writes it, once more after a conflict; it
 * answers the object, and whether anything changed.
 */
export async function changeObject(
  found: FoundObject,
  edit: Edit,
  invocation: Invocation,
): Promise<{ object: KubeObject; changed: boolean }> {
  const { session, flags } = invocation;
  const client = await session.client();
  const { mapping, namespace } = found;
  const { apiVersion, kind } = found.object;
  let current = found.object;
  for (let attempt = 0; ; attempt += 1) {
    const draft = structuredClone(current);
    edit(draft);
    if (deepEqual(draft, current)) return { object: current, changed: false };
    if (flags.bool('local') || dryRunOf(invocation) === 'client')
      return { object: draft, changed: true };
    try {
      const options = writeOptionsOf(flags, dryRunOf(invocation));
      const object = await client.update(mapping, draft, options);
      return { object: { ...object, apiVersion, kind }, changed: true };
    } catch (error) {
      if (!isConflict(error) || attempt >= 5) throw error;
      current = await client.get(mapping, { namespace, name: draft.metadata.name ?? '' });
    }
  }
}

/** requirePodSpec throws when an object has no containers to change. */
export function requirePodSpec(object: KubeObject): void {
  if (!podSpecOf(object))
    throw new CliError(
      `${object.kind.toLowerCase()}/${object.metadata.name} is not a pod or does not have a pod template`,
    );
}
