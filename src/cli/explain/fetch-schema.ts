import type { Transport } from '../../client/transport.ts';
import { isNotFound, isStatusError } from '../../machinery/status-error.ts';
import type { Definitions, SchemaNode } from './schema.ts';

/** KindName is a kind of one version of a group. */
export interface KindName {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

async function readDefinitions(
  transport: Transport,
  path: string,
): Promise<Definitions | undefined> {
  try {
    const headers = { accept: 'application/json' };
    const { body } = await transport.request({ method: 'GET', path, headers });
    if (body.kind !== 'object') return undefined;
    const document = body.object as {
      definitions?: Definitions;
      components?: { schemas?: Definitions };
    };
    return document.components?.schemas ?? document.definitions;
  } catch (error) {
    if (isNotFound(error) || isStatusError(error, 'NotAcceptable')) return undefined;
    throw error;
  }
}

function rootOf(definitions: Definitions | undefined, wanted: KindName): SchemaNode | undefined {
  return Object.values(definitions ?? {}).find((node) =>
    node['x-kubernetes-group-version-kind']?.some(
      ({ group, version, kind }) =>
        group === wanted.group && version === wanted.version && kind === wanted.kind,
    ),
  );
}

/**
 * fetchSchema asks the server for the schema of a kind: the document of its group, or the whole one
 * of servers that have no other. Undefined: the server does not describe the kind.
 */
export async function fetchSchema(
  transport: Transport,
  wanted: KindName,
): Promise<{ readonly root: SchemaNode; readonly definitions: Definitions } | undefined> {
  const { group, version } = wanted;
  const path = group === '' ? `api/${version}` : `apis/${group}/${version}`;
  for (const one of [`/openapi/v3/${path}`, '/openapi/v2']) {
    const definitions = await readDefinitions(transport, one);
    const root = rootOf(definitions, wanted);
    if (definitions && root) return { root, definitions };
  }
  return undefined;
}
