import type { KubeList, KubeObject } from '../../machinery/object.ts';
import { memberAt, valueEnd } from '../cache/json-members.ts';
import type { ListPayload } from './list-payload.ts';
import type { Payload } from './payload.ts';

/** partialOf is the PartialObjectMetadata of an object. */
export function partialOf(object: KubeObject, version: string): object {
  const { metadata } = object;
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${version}`, metadata };
}

function headOf(metadata: KubeList['metadata'], version: string) {
  const apiVersion = `meta.k8s.io/${version}`;
  return { kind: 'PartialObjectMetadataList', apiVersion, metadata };
}

/** partialListOf is the PartialObjectMetadataList of a list. */
export function partialListOf(list: KubeList, version: string): object {
  const items = list.items.map((one) => partialOf(one, version));
  return { ...headOf(list.metadata, version), items };
}

const END = Buffer.from('}');

/**
 * partialListOfStored is the PartialObjectMetadataList of a stored list, made in steps: the
 * metadata is cut out of each object, none is parsed.
 */
export function partialListOfStored(list: ListPayload, version: string): Promise<Payload> {
  const head = headOf(list.metadata, version);
  const names = { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${version}` };
  const begin = Buffer.from(`${JSON.stringify(names).slice(0, -1)},"metadata":`);
  return list.printed({ head, field: 'items' }, ({ bytes }) => {
    const at = memberAt(bytes, 0, 'metadata');
    return Buffer.concat([begin, bytes.subarray(at, valueEnd(bytes, at)), END]);
  });
}
