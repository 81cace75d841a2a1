import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { NAMESPACES, SECRETS } from '../../src/apis/resource-types.ts';
import { rotateEncryptionKey } from '../../src/cmd/platform/encryption-key.ts';
import { pathsOf } from '../../src/cmd/platform/paths.ts';
import { SILENT } from '../../src/controller-kit/silent-log.ts';
import type { EncryptionConfiguration } from '../../src/storage/encryption/encryption-config.ts';
import { startTestPlane } from './support/test-plane.ts';

const namespace = 'vault';
const NAMES = ['a', 'b', 'c'];
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sampan-rotation-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

/** forgetOldKeys leaves only the key that writes in the configuration. */
async function forgetOldKeys(path: string): Promise<number> {
  const config = JSON.parse(await readFile(path, 'utf8')) as EncryptionConfiguration;
  const keys = config.resources[0]?.providers[0]?.aesgcm?.keys ?? [];
  const [first] = keys;
  const providers = [{ aesgcm: { keys: first ? [first] : [] } }];
  const resources = [{ resources: ['secrets'], providers }];
  await writeFile(path, JSON.stringify({ ...config, resources }));
  return keys.length;
}

it('notices a new key while it runs, and needs the old one no more', async () => {
  const said: string[] = [];
  const log = { ...SILENT, info: (_fields: object, text: string) => said.push(text) };
  const { plane } = await startTestPlane(directory, { log });
  try {
    const { client } = plane;
    await client.create(NAMESPACES, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace },
    });
    for (const name of NAMES) {
      const data = { password: Buffer.from(`of-${name}`).toString('base64') };
      await client.create(SECRETS, {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name, namespace },
        data,
      });
    }
    await rotateEncryptionKey(pathsOf(directory).encryption);
    await expect.poll(() => said).toContain('everything is encrypted with the first key');
  } finally {
    await plane.close();
  }
  expect(await forgetOldKeys(pathsOf(directory).encryption)).toBe(2);
  const again = await startTestPlane(directory);
  try {
    const { items } = await again.plane.client.list(SECRETS, { namespace });
    const shown = items.map(({ metadata, data }) => [metadata.name, data?.password]);
    expect(shown).toEqual(
      NAMES.map((name) => [name, Buffer.from(`of-${name}`).toString('base64')]),
    );
  } finally {
    await again.plane.close();
  }
});
