import { describe, expect, it } from 'vitest';
import { CONFIG_MAPS } from '../apis/resource-types.ts';
import { isNotFound, newNotFound } from '../machinery/status-error.ts';
import { createUnlessExists } from './create-unless-exists.ts';
import { newFakeClient } from './fake/fake-client.ts';

const wanted = (value: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: 'a', name: 'one' },
  data: { value },
});

describe('createUnlessExists', () => {
  it('creates once and leaves what is there alone', async () => {
    const client = newFakeClient();
    const first = await createUnlessExists(client, CONFIG_MAPS, wanted('1'));
    expect(first?.data).toEqual({ value: '1' });
    expect(await createUnlessExists(client, CONFIG_MAPS, wanted('2'))).toBeUndefined();
    const { data } = await client.get(CONFIG_MAPS, { namespace: 'a', name: 'one' });
    expect(data).toEqual({ value: '1' });
  });

  it('throws everything else', async () => {
    const client = newFakeClient();
    client.create = async () => {
      throw newNotFound({ group: '', resource: 'namespaces' }, 'a');
    };
    await expect(createUnlessExists(client, CONFIG_MAPS, wanted('1'))).rejects.toSatisfy(
      isNotFound,
    );
  });
});
