import type { Client } from './client.ts';
import { newClient } from './rest-client.ts';
import type { ApiRequest } from './transport.ts';

/**
 * clientAs answers a client that tells the server which program it is, as the User-Agent of
 * upstream's programs does: so managed fields name it as their manager.
 */
export function clientAs(program: string, { transport }: Client): Client {
  const introduced = (request: ApiRequest): ApiRequest => ({
    ...request,
    headers: { 'user-agent': program, ...request.headers },
  });
  return newClient({
    request: (request) => transport.request(introduced(request)),
    upgrade: (request, protocols) => transport.upgrade(introduced(request), protocols),
  });
}
