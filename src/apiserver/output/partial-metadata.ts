import type { KubeList, KubeObject } from '../../machinery/object.ts';

/** partialOf is the PartialObjectMetadata of an object. */
export function partialOf(object: KubeObject, version: string): object {
  const { metadata } = object;
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${version}`, metadata };
}

/** partialListOf is the PartialObjectMetadataList of a list. */
export function partialListOf(list: KubeList, version: string): object {
  return {
    kind: 'PartialObjectMetadataList',
    apiVersion: `meta.k8s.io/${version}`,
    metadata: list.metadata,
    items: list.items.map((one) => partialOf(one, version)),
  };
}
