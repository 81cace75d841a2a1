import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { newBlobStore } from './blob-store.ts';
import { newUploadStore } from './upload-store.ts';

const HOUR_MS = 3_600_000;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sampan-uploads-'));
});
afterEach(() => rm(directory, { recursive: true }));

it('discards uploads that have not grown, whole or torn, and none that is being begun', async () => {
  const uploads = newUploadStore(directory, newBlobStore(directory));
  const root = join(directory, 'uploads');
  const old = new Date(Date.now() - 2 * HOUR_MS);
  const fresh = await uploads.begin('p1/app');
  const stale = await uploads.begin('p1/app');
  await utimes(join(root, stale, 'data'), old, old);
  for (const name of ['being-begun', 'torn']) {
    await mkdir(join(root, name));
    await writeFile(join(root, name, 'repository'), '');
  }
  await utimes(join(root, 'torn'), old, old);
  expect(await uploads.removeStale(new Date(Date.now() - HOUR_MS))).toBe(2);
  expect((await readdir(root)).sort()).toEqual(['being-begun', fresh].sort());
});
