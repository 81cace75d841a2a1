import type { PodSpec } from '../apis/core/v1/types.ts';
import {
  BUILDS,
  DEPLOYMENT_CONFIGS,
  PODS,
  REPLICATION_CONTROLLERS,
} from '../apis/resource-types.ts';
import type { Client } from '../client/client.ts';
import { tryParseImageReference } from '../machinery/image-reference.ts';
import type { KubeObject, ResourceType } from '../machinery/object.ts';
import { isNotFound } from '../machinery/status-error.ts';

async function all<T extends KubeObject>(client: Client, type: ResourceType<T>): Promise<T[]> {
  try {
    return (await client.list(type)).items;
  } catch (error) {
    // A server without that resource has nothing that could use an image.
    if (isNotFound(error)) return [];
    throw error;
  }
}

function imagesOf(spec: PodSpec | undefined): (string | undefined)[] {
  const containers = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
  return containers.map((one) => one.image);
}

/**
 * usedImages answers the digests of images of this registry that pods, replication controllers,
 * deployment configs and builds refer to, as `oc adm prune images` asks before it removes any.
 */
export async function usedImages(client: Client, host: string): Promise<ReadonlySet<string>> {
  const [pods, controllers, configs, builds] = await Promise.all([
    all(client, PODS),
    all(client, REPLICATION_CONTROLLERS),
    all(client, DEPLOYMENT_CONFIGS),
    all(client, BUILDS),
  ]);
  const references = [
    ...pods.flatMap(({ spec }) => imagesOf(spec)),
    ...controllers.flatMap(({ spec }) => imagesOf(spec?.template?.spec)),
    ...configs.flatMap(({ spec }) => imagesOf(spec.template?.spec)),
    ...builds.flatMap(({ spec }) => {
      const { sourceStrategy, dockerStrategy, customStrategy } = spec?.strategy ?? {};
      return [sourceStrategy, dockerStrategy, customStrategy].map((one) => one?.from?.name);
    }),
  ];
  const digests = references.flatMap((text) => {
    const parsed = tryParseImageReference(text ?? '');
    return parsed?.registry === host && parsed.id !== '' ? [parsed.id] : [];
  });
  return new Set(digests);
}
