import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConfigMap } from '../../apis/core/v1/types.ts';
import { CONFIG_MAPS } from '../../apis/resource-types.ts';
import type { ApiRequest, ApiResponse } from '../../client/transport.ts';
import { isStatusError } from '../../machinery/status-error.ts';
import type { ResourceDefinition } from '../resource-definition.ts';
import { startTestApiServer, type TestApiServer } from '../testing/test-api-server.ts';

const configMaps: ResourceDefinition<ConfigMap> = {
  type: CONFIG_MAPS,
  definition: 'io.k8s.api.core.v1.ConfigMap',
  subresources: {
    status: { kind: 'status' },
    tunnel: {
      kind: 'connect',
      methods: ['POST', 'PATCH'],
      connect: async ({ method }) => ({ kind: 'object', object: { method } }),
    },
  },
};

let api: TestApiServer;
beforeAll(async () => {
  api = await startTestApiServer([configMaps]);
});
afterAll(() => api.close());

const ALL = '/api/v1/namespaces/ns/configmaps';
const ONE = `${ALL}/absent`;
const MERGE = 'application/merge-patch+json';
const APPLY = 'application/apply-patch+yaml';

interface Sent {
  readonly query?: string;
  readonly type?: string;
  readonly accept?: string;
  readonly body?: string;
}

function send(method: ApiRequest['method'], path: string, sent: Sent): Promise<ApiResponse> {
  return api.client.transport.request({
    method,
    path,
    query: new URLSearchParams(sent.query),
    headers: {
      ...(sent.type !== undefined && { 'content-type': sent.type }),
      ...(sent.accept !== undefined && { accept: sent.accept }),
    },
    ...(sent.body !== undefined && { body: Buffer.from(sent.body) }),
  });
}

async function refusal(
  method: ApiRequest['method'],
  path: string,
  sent: Sent,
): Promise<readonly [number, string]> {
  try {
    const { body } = await send(method, path, sent);
    // What is no API object is an answer in plain text: that nothing is there.
    return [404, body.kind];
  } catch (error) {
    if (!isStatusError(error)) throw error;
    return [error.status.code ?? 0, error.message];
  }
}

type Row = readonly [ApiRequest['method'], string, Sent, number, string];

const NOT_ALLOWED = 'the server does not allow this method on the requested resource';
const NOTHING = 'the server could not find the requested resource';

describe('of several mistakes the one that upstream finds first is told', () => {
  const rows: readonly Row[] = [
    ['POST', `${ONE}/status`, { query: 'dryRun=x' }, 405, NOT_ALLOWED],
    ['POST', `${ONE}/status`, { accept: 'application/xml' }, 405, NOT_ALLOWED],
    ['PATCH', `${ONE}/nothing`, { query: 'dryRun=x', type: 'x/y' }, 404, NOTHING],
    ['PATCH', `/api/v1/watch/namespaces/ns/configmaps`, {}, 405, NOT_ALLOWED],
    ['PUT', `/api/v1/watch/namespaces/ns/configmaps/absent`, {}, 405, NOT_ALLOWED],
    ['PATCH', ONE, { query: 'dryRun=x', type: 'text/plain' }, 415, '415: Unsupported Media Type'],
    ['PATCH', ONE, { accept: 'application/xml', type: 'x/y' }, 415, '415: Unsupported Media Type'],
    ['POST', ALL, { query: 'dryRun=x', type: 'x/y', body: '{}' }, 415, 'in an unknown format'],
    ['POST', ALL, { type: 'x/y' }, 415, 'in an unknown format'],
    ['PUT', ONE, { query: 'dryRun=x', type: 'x/y', body: '{}' }, 422, 'dryRun: Unsupported value'],
    ['PATCH', ONE, { type: MERGE, body: 'x' }, 404, 'configmaps "absent" not found'],
    [
      'PATCH',
      `${ONE}/status`,
      { query: 'fieldManager=m', type: APPLY, body: '[' },
      404,
      'configmaps "absent" not found',
    ],
    ['GET', ALL, { query: 'limit=x&sendInitialEvents=true' }, 400, 'parsing "x": invalid syntax'],
    [
      'GET',
      ALL,
      { query: 'labelSelector=(&sendInitialEvents=true' },
      400,
      "found '(', expected: !, identifier",
    ],
    [
      'GET',
      ALL,
      { query: 'sendInitialEvents=true', accept: 'application/json;as=Strange' },
      422,
      'sendInitialEvents is forbidden for list',
    ],
    [
      'GET',
      ALL,
      { query: 'labelSelector=(', accept: 'application/json;as=Strange' },
      400,
      "found '(', expected: !, identifier",
    ],
    ['DELETE', ALL, { query: 'labelSelector=(&propagationPolicy=y' }, 400, "found '('"],
    ['PUT', ONE, { type: 'x/y' }, 415, 'in an unknown format'],
    ['DELETE', ALL, { query: 'limit=x&propagationPolicy=y' }, 400, 'parsing "x"'],
    [
      'PUT',
      ONE,
      { body: '{"metadata":{"name":"b","namespace":"other"}}' },
      400,
      'the namespace of the provided object does not match',
    ],
  ];
  it.each(rows)('%s %s %j: %i', async (method, path, sent, code, text) => {
    const [status, message] = await refusal(method, path, sent);
    expect({ status, message }).toEqual({ status: code, message: expect.stringContaining(text) });
  });
});

describe('a stream', () => {
  it.each(['POST', 'PATCH'] as const)('takes a %s of any type, with any query', async (method) => {
    const sent = { query: 'fieldValidation=x', type: 'text/plain', accept: 'x/y', body: 'x' };
    const { body } = await send(method, `${ONE}/tunnel`, sent);
    expect(body).toEqual({ kind: 'object', object: { method } });
  });

  it('has no dry run', async () => {
    const refused = [400, 'dryRun is not supported'];
    expect(await refusal('POST', `${ONE}/tunnel`, { query: 'dryRun=All' })).toEqual(refused);
  });
});

describe('options of writes', () => {
  const all = `fieldManager=${'x'.repeat(129)}%09&dryRun=x&fieldValidation=y`;
  const rest =
    'fieldManager: Too long: may not be more than 128 bytes, ' +
    `fieldManager: Invalid value: "${'x'.repeat(129)}\\t": invalid character U+0009 (at position 129), ` +
    'dryRun: Unsupported value: ["x"]: supported values: "All", ' +
    'fieldValidation: Unsupported value: "y": supported values: "", "Ignore", "Strict", "Warn"';

  it.each([
    ['POST', ALL, { query: all, body: '{}' }, `CreateOptions.meta.k8s.io "" is invalid: [${rest}]`],
    ['PUT', ONE, { query: all, body: '{}' }, `UpdateOptions.meta.k8s.io "" is invalid: [${rest}]`],
    [
      'PATCH',
      ONE,
      { query: `${all}&force=false`, type: MERGE, body: '{}' },
      `PatchOptions.meta.k8s.io "" is invalid: [force: Forbidden: may not be specified for non-apply patch, ${rest}]`,
    ],
    [
      'PATCH',
      ONE,
      { query: 'dryRun=x', type: APPLY, body: '{}' },
      'PatchOptions.meta.k8s.io "" is invalid: [fieldManager: Required value: is required for apply patch, dryRun: Unsupported value: ["x"]: supported values: "All"]',
    ],
    [
      'PATCH',
      ONE,
      { type: APPLY, body: '{}' },
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    ],
  ] as const)('%s %s: all that is wrong is told', async (method, path, sent, text) => {
    expect(await refusal(method, path, sent)).toEqual([422, text]);
  });
});
