import type { Client } from './client.ts';
import { newClient } from './rest-client.ts';

/**
 * partClient answers a client whose writes are parts of another write, which was admitted: where the
 * server is in the same process, they are not admitted again, and nobody owns what they change.
 */
export function partClient({ transport }: Client): Client {
  return newClient({
    request: (request) => transport.request({ ...request, isPart: true }),
    upgrade: (request, protocols) => transport.upgrade(request, protocols),
  });
}
