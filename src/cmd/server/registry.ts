import { newClient } from '../../client/rest-client.ts';
import { newApiImageStreams } from '../../registry/api-image-streams.ts';
import { newRegistry, type Registry } from '../../registry/registry.ts';
import { newRemoteImages } from '../../resources/openshift/image/index.ts';
import type { ControlPlane } from './control-plane.ts';
import type { DataPlaneOptions } from './data-plane-options.ts';

const GARBAGE_EVERY_MS = 60 * 60 * 1000;
const GARBAGE_GRACE_MS = 60 * 60 * 1000;

/**
 * startRegistry serves the integrated registry on loopback, for the engine, and on the pods'
 * gateway address. Once an hour it removes what no image stream names any more.
 */
export async function startRegistry(
  { client, access, server }: ControlPlane,
  { paths, images, platform, gateway, log, clock }: DataPlaneOptions,
): Promise<Registry> {
  const registry = newRegistry({
    directory: paths.registry,
    imageStreams: newApiImageStreams({
      client,
      clientFor: (user) => newClient(server.transportFor(user)),
      internalRegistryHost: images.internalRegistryHost,
    }),
    remote: newRemoteImages({ client, ...images }),
    authenticateToken: access.authenticateToken,
    canAccess: async (user, verb, namespace, name) =>
      access.canAccessImages(user, verb, namespace, name),
    log,
    now: () => clock.now(),
  });
  await registry.listen({ host: '127.0.0.1', port: platform.registryPort });
  await registry.listen({ host: gateway, port: platform.registryPort });
  const collecting = setInterval(() => {
    registry.collectGarbage(GARBAGE_GRACE_MS).then(
      (report) => log.info({ ...report }, 'unused images were removed'),
      (error: unknown) => log.error({ err: error }, 'unused images could not be removed'),
    );
  }, GARBAGE_EVERY_MS);
  collecting.unref();
  return {
    ...registry,
    async close() {
      clearInterval(collecting);
      await registry.close();
    },
  };
}
