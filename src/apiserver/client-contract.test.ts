import { CONFIG_MAPS, NAMESPACES } from '../apis/resource-types.ts';
import { clientContract } from '../client/contract.ts';
import { newHttpTransport } from '../client/http-transport.ts';
import { newClient } from '../client/rest-client.ts';
import type { ResourceDefinition } from './resource-definition.ts';
import { startTestApiServer } from './testing/test-api-server.ts';
import { listenForTest } from './testing/test-listener.ts';

const definitions: ResourceDefinition[] = [
  { type: CONFIG_MAPS, definition: 'io.k8s.api.core.v1.ConfigMap' },
  { type: NAMESPACES, definition: 'io.k8s.api.core.v1.Namespace' },
];

async function start() {
  const api = await startTestApiServer(definitions);
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ns' } };
  await api.client.create(NAMESPACES, namespace);
  return api;
}

clientContract('in-process', async () => {
  const api = await start();
  return { client: api.client, close: () => api.close() };
});

clientContract('HTTPS', async () => {
  const api = await start();
  const { url, caPem } = await listenForTest(api.server);
  const transport = newHttpTransport({ server: url, caPem });
  return { client: newClient(transport), close: () => api.close() };
});
