import type { KubeObject } from '../../../machinery/object.ts';
import type { Invocation } from '../../command.ts';
import { qualifiedKind } from '../../discovery/mapping.ts';

/** BulkOptions are how the creation of several objects is shown. */
export interface BulkOptions {
  readonly labels: Readonly<Record<string, string>>;
  readonly dryRun: boolean;
  /** Print only `kind/name` lines. */
  readonly namesOnly: boolean;
}

function displayKind(object: KubeObject): string {
  const [first = '', second] = object.apiVersion.split('/');
  return qualifiedKind({ kind: object.kind, group: second === undefined ? '' : first });
}

/**
 * createAll creates objects one after the other and prints each, as `--> Creating resources ...`.
 * It answers the objects as the server made them, and whether all could be created.
 */
export async function createAll(
  objects: readonly KubeObject[],
  { session, io }: Invocation,
  options: BulkOptions,
): Promise<{ readonly created: KubeObject[]; readonly ok: boolean }> {
  const client = await session.client();
  const { dryRun, namesOnly, labels } = options;
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const suffix = pairs.length > 0 ? ` with label ${pairs.sort().join(',')}` : '';
  const indent = namesOnly ? '' : '    ';
  const mode = dryRun ? ' (dry run)' : '';
  if (!namesOnly) io.out(`--> Creating resources${suffix} ...\n`);
  const created: KubeObject[] = [];
  let ok = true;
  for (const object of objects) {
    const { name = '' } = object.metadata;
    try {
      const mapping = await session.discovery.forKind(object.apiVersion, object.kind);
      const namespaced = {
        ...object,
        metadata: { ...object.metadata, namespace: session.namespace() },
      };
      created.push(dryRun ? object : await client.create(mapping, namespaced));
      io.out(
        namesOnly
          ? `${displayKind(object)}/${name}\n`
          : `${indent}${displayKind(object)} "${name}" created${mode}\n`,
      );
    } catch (error) {
      ok = false;
      io.err(`${indent}error: ${error instanceof Error ? error.message : error}\n`);
    }
  }
  if (!namesOnly) io.out(`--> ${ok ? 'Success' : 'Failed'}${mode}\n`);
  return { created, ok };
}
