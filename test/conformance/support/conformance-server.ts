import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NAMESPACES, SERVICE_ACCOUNTS } from '../../../src/apis/resource-types.ts';
import type { HttpTransport } from '../../../src/client/http-transport.ts';
import { newHttpTransport } from '../../../src/client/http-transport.ts';
import { pathsOf } from '../../../src/cmd/platform/paths.ts';
import { readImageSettings } from '../../../src/cmd/server/image-settings.ts';
import { newTestLog } from '../../integration/network-fixture.ts';
import { adminKubeconfig } from '../../integration/support/kubeconfigs.ts';
import { startTestPlane } from '../../integration/support/test-plane.ts';

/** NAMESPACE is where the samples live. */
export const NAMESPACE = 'conformance';

/** ConformanceServer is the platform's API server as it is composed, over a store on disk, without nodes. */
export interface ConformanceServer {
  readonly url: string;
  readonly kubeconfig: string;
  /** What a TLS client needs to be the administrator. */
  readonly tls: { readonly ca: string; readonly cert: string; readonly key: string };
  /** The administrator's transport over HTTPS. */
  readonly transport: HttpTransport;
  close(): Promise<void>;
}

/** startConformanceServer starts one on a free port with the namespace of the samples. */
export async function startConformanceServer(): Promise<ConformanceServer> {
  const directory = await mkdtemp(join(tmpdir(), 'sampan-conformance-'));
  const paths = pathsOf(directory);
  const images = await readImageSettings(5000);
  const { plane, url, tls } = await startTestPlane(directory, { log: newTestLog(), images });
  await plane.client.create(NAMESPACES, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: NAMESPACE },
  });
  await plane.client.create(SERVICE_ACCOUNTS, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default', namespace: NAMESPACE },
  });
  const kubeconfig = join(directory, 'kubeconfig');
  await writeFile(kubeconfig, adminKubeconfig(url, paths.pki, NAMESPACE));
  const transport = newHttpTransport({
    server: url,
    caPem: tls.ca,
    certPem: tls.cert,
    keyPem: tls.key,
  });
  return {
    url,
    kubeconfig,
    tls,
    transport,
    async close() {
      await transport.close();
      await plane.close();
      await rm(directory, { recursive: true });
    },
  };
}
