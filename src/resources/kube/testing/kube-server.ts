import { NAMESPACES } from '../../../apis/resource-types.ts';
import type { Admission } from '../../../apiserver/contracts.ts';
import {
  startTestApiServer,
  type TestApiServer,
} from '../../../apiserver/testing/test-api-server.ts';
import type { KubeOptions, NodeConnector } from '../deps.ts';
import { kubeDefinitions } from '../index.ts';

/** ConnectCall is what the agent of a node was asked. */
export interface ConnectCall {
  readonly node: string;
  readonly path: string;
  readonly query: string;
}

/** KubeServer is a server for tests with all Kubernetes resources and the namespace `default`. */
export interface KubeServer extends TestApiServer {
  readonly calls: readonly ConnectCall[];
}

/** startKubeServer starts one; with a store of another it goes on from what that has. */
export async function startKubeServer(
  options: KubeOptions = {},
  store?: TestApiServer['store'],
  admission: readonly Admission[] = [],
): Promise<KubeServer> {
  const calls: ConnectCall[] = [];
  const nodes: NodeConnector = {
    async connect(node, path, { query }) {
      calls.push({ node, path, query: query.toString() });
      return { kind: 'object', object: {} };
    },
  };
  const tokens = {
    issue: async (account: { name: string }) => ({
      token: `token-of-${account.name}`,
      expirationTimestamp: '2030-01-01T00:00:00Z',
    }),
  };
  const started = await startTestApiServer(
    (deps) => kubeDefinitions({ ...deps, nodes, tokens, options }),
    store === undefined ? { admission } : { store, admission },
  );
  if (store === undefined) {
    await started.client.create(NAMESPACES, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'default' },
    });
  }
  return { ...started, calls };
}
