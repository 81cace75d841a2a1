import { type GitUrlRewrite, readPlatformConfig } from '../../client/platform-config.ts';
import { type ImageMirror, rewriteForEngine } from '../../machinery/image-reference.ts';

/** INTERNAL_REGISTRY is the name of the integrated registry in the API, as in OpenShift 4. */
const INTERNAL_REGISTRY = 'image-registry.openshift-image-registry.svc:5000';

/** ImageSettings say under which names images are found, and where git repositories have copies. */
export interface ImageSettings {
  readonly internalRegistryHost: string;
  /** How the engine reaches the integrated registry: on loopback, which it trusts without TLS. */
  readonly engineRegistryHost: string;
  readonly mirrors: readonly ImageMirror[];
  readonly gitRewrites: readonly GitUrlRewrite[];
}

/** readImageSettings reads the administrator's configuration. Throws PlatformConfigError. */
export async function readImageSettings(registryPort: number): Promise<ImageSettings> {
  const { gitRewrites, imageMirrors } = await readPlatformConfig();
  return {
    internalRegistryHost: INTERNAL_REGISTRY,
    engineRegistryHost: `127.0.0.1:${registryPort}`,
    mirrors: imageMirrors,
    gitRewrites,
  };
}

/** imageRewriter answers by which references the engine is asked for an image, in order. */
export function imageRewriter(settings: ImageSettings): (reference: string) => readonly string[] {
  return (reference) => rewriteForEngine(reference, settings);
}
