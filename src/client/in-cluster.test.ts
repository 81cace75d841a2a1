import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { inClusterConnection } from './in-cluster.ts';

it('finds the API, the authority and a token that may be rotated', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sampan-in-cluster-'));
  const write = (name: string, text: string) => writeFile(join(directory, name), text);
  await write('namespace', 'shop\n');
  await write('ca.crt', 'PEM');
  await write('token', 'first\n');
  const env = { KUBERNETES_SERVICE_HOST: '172.30.0.1', KUBERNETES_SERVICE_PORT: '443' };
  const { namespace, transport } = await inClusterConnection(env, directory);
  expect(namespace).toBe('shop');
  expect(transport).toMatchObject({ server: 'https://172.30.0.1:443', caPem: 'PEM' });
  const token = transport.token as () => Promise<string>;
  expect(await token()).toBe('first');
  await write('token', 'second');
  expect(await token()).toBe('second');
  await rm(directory, { recursive: true });
});

it('says what is missing outside of a pod', async () => {
  await expect(inClusterConnection({})).rejects.toThrow('KUBERNETES_SERVICE_HOST');
});
