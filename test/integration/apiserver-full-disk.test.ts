import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { CONFIG_MAPS } from '../../src/apis/resource-types.ts';
import type { ControlPlane } from '../../src/cmd/server/control-plane.ts';
import { startTestPlane } from './support/test-plane.ts';

const MIB = 1 << 20;

let mount: string;
let plane: ControlPlane;
beforeEach(async () => {
  mount = mkdtempSync(join(tmpdir(), 'sampan-full-api-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=32m', 'tmpfs', mount]);
  plane = await start();
});
afterEach(async () => {
  await plane.close();
  execFileSync('umount', [mount]);
  rmSync(mount, { recursive: true });
});

async function start(): Promise<ControlPlane> {
  const options = { flags: { '--api-threads': '0' } };
  return (await startTestPlane(join(mount, 'data'), options)).plane;
}

/** create makes a ConfigMap with half a MiB that cannot be compressed by much. */
function create(name: string) {
  return plane.client.create(CONFIG_MAPS, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'default' },
    binaryData: { random: randomBytes((MIB * 3) / 8).toString('base64') },
  });
}

/** fill makes ConfigMaps until one is refused; answers how many there are, and the refusal. */
async function fill(): Promise<{ count: number; refusal: unknown }> {
  for (let count = 0; ; count += 1) {
    const refusal = await create(`c-${count}`).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (refusal !== undefined) return { count, refusal };
    if (count > 100) throw new Error('the disk was never full');
  }
}

it('on a full disk writes are refused, reads and watches go on, and writes again when there is room', async () => {
  // As much as the journal may have for the tables, and more.
  const ballast = join(mount, 'ballast');
  writeFileSync(ballast, Buffer.alloc(12 * MIB));
  const { count, refusal } = await fill();
  expect(refusal).toMatchObject({
    code: 500,
    message: expect.stringMatching(
      /^Internal error occurred: no space left on the disk of \S+ \(\d+ bytes free\)$/,
    ),
  });
  expect(count).toBeGreaterThan(3);
  const named = async () =>
    (await plane.client.list(CONFIG_MAPS, { namespace: 'default' })).items.filter((one) =>
      one.metadata.name?.startsWith('c-'),
    );
  expect(await named()).toHaveLength(count);
  await expect(
    plane.client.get(CONFIG_MAPS, { namespace: 'default', name: `c-${count}` }),
  ).rejects.toMatchObject({ reason: 'NotFound' });
  await plane.server.ready();

  const ending = new AbortController();
  const seen: (string | undefined)[] = [];
  const watching = (async () => {
    const { metadata } = await plane.client.list(CONFIG_MAPS, { namespace: 'default' });
    const { resourceVersion } = metadata;
    const options = { namespace: 'default', resourceVersion, signal: ending.signal };
    for await (const event of await plane.client.watch(CONFIG_MAPS, options)) {
      if (event.type === 'ADDED') seen.push(event.object.metadata.name);
    }
  })();
  await expect(create('refused')).rejects.toMatchObject({ code: 500 });
  rmSync(ballast);
  await create('after');
  await expect.poll(() => seen).toEqual(['after']);
  ending.abort();
  await watching;

  await plane.close();
  plane = await start();
  expect(await named()).toHaveLength(count);
  await plane.client.get(CONFIG_MAPS, { namespace: 'default', name: 'after' });
});
