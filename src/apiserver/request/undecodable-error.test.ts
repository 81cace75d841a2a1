import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConfigMap } from '../../apis/core/v1/types.ts';
import { CONFIG_MAPS } from '../../apis/resource-types.ts';
import type { ResourceDefinition } from '../resource-definition.ts';
import { sendTo } from '../testing/send-to.ts';
import { startTestApiServer, type TestApiServer } from '../testing/test-api-server.ts';
import { listenForTest } from '../testing/test-listener.ts';
import { UndecodableError } from './undecodable-error.ts';

const TEXT = 'json: cannot unmarshal this';
const definition: ResourceDefinition<ConfigMap> = {
  type: CONFIG_MAPS,
  definition: 'io.k8s.api.core.v1.ConfigMap',
  strategy: {
    defaults(draft) {
      if (draft.data?.bad) throw new UndecodableError(TEXT);
    },
  },
};
const COLLECTION = '/api/v1/namespaces/ns/configmaps';

describe('what the defaults of a kind cannot decode', () => {
  let api: TestApiServer;
  beforeEach(async () => {
    api = await startTestApiServer([definition as ResourceDefinition], {
      authenticate: { authenticate: () => ({ name: 'root', groups: ['system:authenticated'] }) },
      authorize: { authorize: () => ({ allowed: true }) },
    });
  });
  afterEach(() => api.close());

  const object = (data: object, more: object = {}) =>
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a' },
      data,
      ...more,
    });

  it('is refused in the words of the request, without warnings', async () => {
    const open = await listenForTest(api.server);
    const create = (body: string) => sendTo(open, COLLECTION, { method: 'POST' }, body);
    const refused = await create(object({ bad: 'x' }, { unknown: 1 }));
    expect(refused.status).toBe(400);
    expect(JSON.parse(refused.text).message).toBe(
      `ConfigMap in version "v1" cannot be handled as a ConfigMap: ${TEXT}`,
    );
    expect(refused.headers.warning).toBeUndefined();

    const taken = await create(object({}, { unknown: 1 }));
    expect(taken.status).toBe(201);
    expect(taken.headers.warning).toContain('unknown field');
    const headers = { 'content-type': 'application/merge-patch+json' };
    const options = { method: 'PATCH', headers };
    const patched = await sendTo(open, `${COLLECTION}/a`, options, '{"data":{"bad":"x"}}');
    expect(patched.status).toBe(422);
    expect(JSON.parse(patched.text).message).toContain(`: ${TEXT}`);
  });
});
