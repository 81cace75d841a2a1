import type { CustomResourceDefinition } from '../../apis/apiextensions.k8s.io/v1/types.ts';
import type { KubeObject } from '../../machinery/object.ts';

/** Convert answers objects in another version, in their order; it may change those it gets. */
export type Convert = (
  objects: readonly KubeObject[],
  apiVersion: string,
) => readonly KubeObject[] | Promise<readonly KubeObject[]>;

/** relabel is the conversion `None`: another apiVersion, everything else as it is. */
export const relabel: Convert = (objects, apiVersion) => {
  for (const object of objects) object.apiVersion = apiVersion;
  return objects;
};

/** isWebhook tells whether a definition converts its versions by a webhook. */
export function isWebhook({ spec }: CustomResourceDefinition): boolean {
  return spec.conversion?.strategy === 'Webhook';
}
