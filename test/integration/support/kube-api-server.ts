import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newOpenApi } from '../../../src/apis/openapi/openapi.ts';
import type { ResourceDefinition } from '../../../src/apiserver/resource-definition.ts';
import {
  startTestApiServer,
  type TestApiServer,
} from '../../../src/apiserver/testing/test-api-server.ts';
import { listenForTest } from '../../../src/apiserver/testing/test-listener.ts';
import { tokenKubeconfig } from './kubeconfigs.ts';
import { testDefinitions } from './test-definitions.ts';

/** KubeApiServer is an API server with the Kubernetes resources, no controllers and no nodes. */
export interface KubeApiServer {
  readonly api: TestApiServer;
  readonly kubeconfig: string;
  close(): Promise<void>;
}

/** startKubeApiServer starts one in memory on a free port, and writes a kubeconfig for it. */
export async function startKubeApiServer(): Promise<KubeApiServer> {
  let definitions: readonly ResourceDefinition[] = [];
  const api = await startTestApiServer(
    (deps) => {
      definitions = testDefinitions(deps);
      return definitions;
    },
    {
      openapi: newOpenApi(() => definitions, { version: 'v1.34.2' }),
      authorize: {
        authorize: ({ user }) => ({ allowed: user.groups.includes('system:masters') }),
      },
    },
  );
  const { url, caPem } = await listenForTest(api.server);
  const folder = await mkdtemp(join(tmpdir(), 'sampan-kubectl-'));
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, tokenKubeconfig(url, caPem));
  return {
    api,
    kubeconfig,
    async close() {
      await api.close();
      await rm(folder, { recursive: true });
    },
  };
}
