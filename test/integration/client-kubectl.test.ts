import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONFIG_MAPS } from '../../src/apis/resource-types.ts';
import { listenForTest } from '../../src/apiserver/testing/test-listener.ts';
import { resolveConnection } from '../../src/client/connection.ts';
import { type HttpTransport, newHttpTransport } from '../../src/client/http-transport.ts';
import { loadKubeconfig } from '../../src/client/kubeconfig.ts';
import { updateKubeconfig } from '../../src/client/kubeconfig-writer.ts';
import { newClient } from '../../src/client/rest-client.ts';
import { isNotFound } from '../../src/machinery/status-error.ts';
import { type KubeServer, startKubeServer } from '../../src/resources/kube/testing/kube-server.ts';

const run = promisify(execFile);

let directory: string;
let kubeconfig: string;
let server: KubeServer;
let transport: HttpTransport | undefined;

async function kubectl(...args: string[]): Promise<string> {
  const { stdout } = await run('kubectl', ['--kubeconfig', kubeconfig, ...args]);
  return stdout.trim();
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sampan-kubectl-'));
  kubeconfig = join(directory, 'config');
  server = await startKubeServer();
  const { url, caPem } = await listenForTest(server.server);
  await updateKubeconfig([kubeconfig], {
    clusters: {
      here: {
        server: url,
        'certificate-authority-data': Buffer.from(caPem).toString('base64'),
      },
    },
    users: { me: { token: 'any' } },
    contexts: { work: { cluster: 'here', user: 'me', namespace: 'default' } },
    currentContext: 'work',
  });
});

afterAll(async () => {
  await transport?.close();
  await server.close();
  await rm(directory, { recursive: true });
});

describe('a kubeconfig that we write', () => {
  it('is understood by kubectl', async () => {
    expect(await kubectl('config', 'current-context')).toBe('work');
    expect(await kubectl('get', 'namespace', 'default', '-o', 'name')).toBe('namespace/default');
  });

  it('is still understood by us after kubectl has changed it', async () => {
    await kubectl(
      'config',
      'set-context',
      'other',
      '--cluster=here',
      '--user=me',
      '--namespace=shop',
    );
    await kubectl('config', 'use-context', 'other');
    await updateKubeconfig([kubeconfig], { contexts: { work: { namespace: 'later' } } });
    const config = await loadKubeconfig([kubeconfig]);
    expect(await resolveConnection(config)).toMatchObject({ namespace: 'shop', userName: 'me' });
    expect(config.contexts.get('work')?.namespace).toBe('later');
    expect(await kubectl('config', 'get-contexts', '-o', 'name')).toBe('other\nwork');
  });
});

describe('our client over HTTPS', () => {
  it('and kubectl see each other', async () => {
    const connection = await resolveConnection(await loadKubeconfig([kubeconfig]));
    transport = newHttpTransport(connection.transport);
    const client = newClient(transport);
    const abort = new AbortController();
    const watch = await client.watch(CONFIG_MAPS, { namespace: 'default', signal: abort.signal });
    await kubectl('create', 'configmap', 'c', '--from-literal=a=1', '-n', 'default');
    for await (const { type, object } of watch) {
      expect([type, object.metadata.name, object.data]).toEqual(['ADDED', 'c', { a: '1' }]);
      break;
    }
    abort.abort();
    const ref = { namespace: 'default', name: 'c' };
    const current = await client.get(CONFIG_MAPS, ref);
    await client.update(CONFIG_MAPS, { ...current, data: { a: '2' } });
    const args = ['get', 'configmap', 'c', '-n', 'default', '-o', 'jsonpath={.data.a}'];
    expect(await kubectl(...args)).toBe('2');
    await kubectl('delete', 'configmap', 'c', '-n', 'default');
    expect(isNotFound(await client.get(CONFIG_MAPS, ref).catch((error) => error))).toBe(true);
  });
});
