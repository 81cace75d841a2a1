import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ListQuery } from '../../client/client.ts';
import type { KubeObject, ResourceType } from '../../machinery/object.ts';
import { componentStatusDefinition } from './component-status.ts';
import { type KubeServer, startKubeServer } from './testing/kube-server.ts';

let server: KubeServer;
beforeAll(async () => {
  server = await startKubeServer();
});
afterAll(() => server.close());

const TYPE = componentStatusDefinition.type as ResourceType<KubeObject>;

async function names(options: ListQuery): Promise<(string | undefined)[]> {
  const { items } = await server.client.list(TYPE, options);
  return items.map(({ metadata }) => metadata.name);
}

it('lists the components that the selectors ask for', async () => {
  expect(await names({})).toEqual(['controller-manager', 'etcd-0', 'scheduler']);
  expect(await names({ fieldSelector: 'metadata.name=etcd-0' })).toEqual(['etcd-0']);
  expect(await names({ labelSelector: 'a=b' })).toEqual([]);
  expect(await names({ labelSelector: 'a!=b,!c', fieldSelector: 'metadata.name!=etcd-0' })).toEqual(
    ['controller-manager', 'scheduler'],
  );
});

it('refuses selectors that cannot be read, and fields that it does not know', async () => {
  await expect(names({ labelSelector: 'a===b' })).rejects.toMatchObject({
    status: { code: 400, message: "unable to parse requirement: found '=', expected: identifier" },
  });
  await expect(names({ fieldSelector: 'abc' })).rejects.toMatchObject({
    status: { code: 400, message: "invalid selector: 'abc'; can't understand 'abc'" },
  });
  await expect(names({ fieldSelector: 'spec.x=1' })).rejects.toMatchObject({
    status: { code: 400, message: expect.stringMatching(/^"spec.x" is not a known field/) },
  });
});

it('says of a watch that there is none', async () => {
  await expect(server.client.watch(TYPE, {})).rejects.toMatchObject({
    status: {
      code: 405,
      message: 'watch is not supported on resources of kind "componentstatuses"',
    },
  });
});
