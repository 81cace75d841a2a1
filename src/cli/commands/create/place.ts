import type { KubeObject } from '../../../machinery/object.ts';
import { CliError } from '../../cli-error.ts';
import type { Mapping } from '../../discovery/mapping.ts';
import type { FlagValues } from '../../flags/flag-values.ts';
import type { Session } from '../../session.ts';

/** Placed is an object with the resource it belongs to and the namespace it goes to. */
export interface Placed {
  readonly mapping: Mapping;
  readonly placed: KubeObject;
  readonly namespace: string | undefined;
}

/**
 * placeIn finds an object's resource and puts it into the current project when it names none.
 * `--namespace` that contradicts the object is an error. `source` is the file that it came from.
 */
export async function placeIn(
  session: Session,
  object: KubeObject,
  flags: FlagValues,
  source?: string,
): Promise<Placed> {
  const { discovery } = session;
  const mapping =
    source === undefined
      ? await discovery.forKind(object.apiVersion, object.kind)
      : await discovery.forManifest(object, source);
  if (!mapping.namespaced) return { mapping, placed: object, namespace: undefined };
  const own = object.metadata.namespace;
  const current = session.namespace();
  if (own && flags.changed('namespace') && own !== current)
    throw new CliError(
      `the namespace from the provided object ${JSON.stringify(own)} does not match the namespace ${JSON.stringify(current)}. You must pass '--namespace=${own}' to perform this operation.`,
    );
  const namespace = own ?? current;
  const placed = { ...object, metadata: { ...object.metadata, namespace } };
  return { mapping, placed, namespace };
}
