import type { KubeObject } from '../../../machinery/object.ts';
import { isStatusError } from '../../../machinery/status-error.ts';
import { CliError } from '../../cli-error.ts';
import type { Invocation } from '../../command.ts';
import type { Mapping } from '../../discovery/mapping.ts';
import { isSelecting, listQueryOf } from '../../resources/find-objects.ts';
import { readManifests } from '../../resources/manifests.ts';
import { parseTargets } from '../../resources/targets.ts';

/** Victim is an object that is to be deleted. */
export interface Victim {
  readonly mapping: Mapping;
  readonly namespace: string | undefined;
  readonly name: string;
}

async function fromFiles({ session, flags, io }: Invocation): Promise<Victim[]> {
  const manifests = await readManifests(flags.list('filename'), io, flags.bool('recursive'));
  const victims: Victim[] = [];
  for (const { object, source } of manifests) {
    const mapping = await session.discovery.forManifest(object, source);
    const namespace = mapping.namespaced
      ? (object.metadata.namespace ?? session.namespace())
      : undefined;
    victims.push({ mapping, namespace, name: object.metadata.name ?? '' });
  }
  return victims;
}

async function bySelector(mapping: Mapping, { session, flags }: Invocation): Promise<Victim[]> {
  const client = await session.client();
  const query = listQueryOf(flags, mapping.namespaced ? session.namespace() : undefined);
  let items: KubeObject[] = [];
  try {
    ({ items } = await client.list(mapping, query));
  } catch (error) {
    if (!isStatusError(error, 'MethodNotAllowed')) throw error;
  }
  return items.map(({ metadata }) => ({
    mapping,
    namespace: metadata.namespace,
    name: metadata.name ?? '',
  }));
}

/** victimsOf finds what the arguments and flags of `delete` mean. */
export async function victimsOf(invocation: Invocation): Promise<Victim[]> {
  const { args, flags, session, io } = invocation;
  if (flags.list('filename').length > 0) {
    if (args.length > 0)
      throw new CliError(
        'when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well',
      );
    return fromFiles(invocation);
  }
  const targets = await parseTargets(args, session.discovery, {
    selects: isSelecting(flags),
    program: io.program,
  });
  if (targets.by === 'name')
    return targets.items.map(({ mapping, name }) => ({
      mapping,
      name,
      namespace: mapping.namespaced ? session.namespace() : undefined,
    }));
  const deletable = targets.mappings.filter(({ verbs }) => verbs.includes('delete'));
  const lists = await Promise.all(deletable.map((mapping) => bySelector(mapping, invocation)));
  return lists.flat();
}
