import { rewriteForEngine } from '../../machinery/image-reference.ts';

/** INTERNAL_REGISTRY is the name of the integrated registry in the API, as in OpenShift 4. */
export const INTERNAL_REGISTRY = 'image-registry.openshift-image-registry.svc:5000';

/** ImageSettings say under which names the engine finds images. */
export interface ImageSettings {
  /** How the engine reaches the integrated registry: on loopback, which it trusts without TLS. */
  readonly engineRegistryHost: string;
  readonly mirrors: readonly { readonly source: string; readonly mirrors: readonly string[] }[];
}

/** imageRewriter answers by which references the engine is asked for an image, in order. */
export function imageRewriter(settings: ImageSettings): (reference: string) => readonly string[] {
  return (reference) =>
    rewriteForEngine(reference, {
      internalRegistryHost: INTERNAL_REGISTRY,
      engineRegistryHost: settings.engineRegistryHost,
      mirrors: settings.mirrors,
    });
}
