import { afterEach, expect, it } from 'vitest';
import { CONFIG_MAPS } from '../../apis/resource-types.ts';
import { startTestApiServer, type TestApiServer } from '../testing/test-api-server.ts';

let api: TestApiServer;
afterEach(() => api.close());

/** start starts a server whose random numbers are the given ones, and the last of them from then on. */
async function start(...numbers: number[]): Promise<void> {
  const random = () => (numbers.length > 1 ? numbers.shift() : numbers[0]) ?? 0;
  const definition = 'io.k8s.api.core.v1.ConfigMap';
  api = await startTestApiServer([{ type: CONFIG_MAPS, definition }], { random });
}

const create = (generateName: string) =>
  api.client.create(CONFIG_MAPS, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { generateName, namespace: 'ns' },
  });

it('a generated name is one that nothing has', async () => {
  await start(...Array(10).fill(0), 0.999);
  expect((await create('web-')).metadata.name).toBe('web-bbbbb');
  expect((await create('web-')).metadata.name).toBe('web-99999');
});

it('a base is cut where the name would be too long', async () => {
  await start(0);
  const { name, generateName } = (await create('x'.repeat(80))).metadata;
  expect(name).toBe(`${'x'.repeat(58)}bbbbb`);
  expect(generateName).toBe('x'.repeat(80));
});

it('who cannot be given a name is told to come back', async () => {
  await start(0);
  await create('web-');
  await expect(create('web-')).rejects.toMatchObject({
    code: 409,
    reason: 'AlreadyExists',
    message:
      'configmaps "web-bbbbb" already exists, the server was not able to generate a unique name for the object',
    status: { details: { retryAfterSeconds: 1 } },
  });
});
