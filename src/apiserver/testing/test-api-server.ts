import type { Client } from '../../client/client.ts';
import { newClient } from '../../client/rest-client.ts';
import { newMemoryStore } from '../../storage/memory/memory-store.ts';
import type { Store } from '../../storage/store.ts';
import { type ApiServer, type ApiServerOptions, newApiServer } from '../api-server.ts';
import type { UserInfo } from '../resource-definition.ts';

/** TEST_ADMIN is a user who may do everything on a test server. */
export const TEST_ADMIN: UserInfo = {
  name: 'admin',
  groups: ['system:masters', 'system:authenticated'],
};

/** TestApiServer is a server for tests of definitions. */
export interface TestApiServer {
  readonly server: ApiServer;
  readonly store: Store;
  /** Acts as TEST_ADMIN. */
  readonly client: Client;
  clientFor(user: UserInfo): Client;
  close(): Promise<void>;
}

/**
 * startTestApiServer starts a server with the given definitions on a store in memory, where
 * everybody may do everything unless `options.authorize` says otherwise. Without the definition
 * of namespaces, namespaces need not exist.
 */
export async function startTestApiServer(
  definitions: ApiServerOptions['definitions'],
  options: Partial<ApiServerOptions> = {},
): Promise<TestApiServer> {
  const store = options.store ?? newMemoryStore();
  const server = newApiServer({
    authenticate: { authenticate: () => TEST_ADMIN },
    authorize: { authorize: () => ({ allowed: true }) },
    log: {
      info: () => undefined,
      warn: () => undefined,
      error: (fields, message) => console.error(message, fields),
    },
    ...options,
    store,
    definitions,
  });
  await server.ready();
  const clientFor = (user: UserInfo) => newClient(server.transportFor(user));
  return {
    server,
    store,
    client: clientFor(TEST_ADMIN),
    clientFor,
    async close() {
      await server.close();
      await store.close();
    },
  };
}
