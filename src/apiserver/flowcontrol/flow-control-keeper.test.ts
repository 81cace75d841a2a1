import { afterEach, beforeEach, expect, it } from 'vitest';
import type { FlowSchema } from '../../apis/flowcontrol.apiserver.k8s.io/v1/types.ts';
import { FLOW_SCHEMAS, PRIORITY_LEVELS } from '../../apis/resource-types.ts';
import { startTestApiServer, type TestApiServer } from '../testing/test-api-server.ts';
import { keepFlowControl } from './flow-control-keeper.ts';

const SCHEMA = 'io.k8s.api.flowcontrol.v1';
const strategy = { hasStatus: true };
const subresources = { status: { kind: 'status' as const } };
let api: TestApiServer;
let keeper: { stop(): void };

beforeEach(async () => {
  api = await startTestApiServer([
    { type: FLOW_SCHEMAS, definition: `${SCHEMA}.FlowSchema`, strategy, subresources },
    {
      type: PRIORITY_LEVELS,
      definition: `${SCHEMA}.PriorityLevelConfiguration`,
      strategy,
      subresources,
    },
  ]);
  const { client } = api;
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  keeper = await keepFlowControl({ client, cache: api.server.cache, log, now: () => new Date() });
});

afterEach(async () => {
  keeper.stop();
  await api.close();
});

const danglingOf = ({ status }: FlowSchema) =>
  (status?.conditions ?? []).find(({ type }) => type === 'Dangling')?.status;

it('creates what every cluster has, and says that no schema dangles', async () => {
  const schemas = await api.client.list(FLOW_SCHEMAS);
  expect(schemas.items).toHaveLength(11);
  const found = async () => (await api.client.list(FLOW_SCHEMAS)).items.map(danglingOf);
  await expect.poll(found).toEqual(schemas.items.map(() => 'False'));
  expect((await api.client.list(PRIORITY_LEVELS)).items).toHaveLength(8);
});

it('brings back what is deleted, and a spec that is changed', async () => {
  await api.client.delete(PRIORITY_LEVELS, { name: 'workload-low' });
  const exists = () => api.server.cache.get(PRIORITY_LEVELS, '', 'workload-low')?.spec?.type;
  await expect.poll(exists).toBe('Limited');
  await api.client.patch(
    FLOW_SCHEMAS,
    { name: 'service-accounts' },
    { type: 'application/merge-patch+json', body: { spec: { matchingPrecedence: 7 } } },
  );
  const precedence = () =>
    api.server.cache.get(FLOW_SCHEMAS, '', 'service-accounts')?.spec?.matchingPrecedence;
  await expect.poll(precedence).toBe(9000);
});

it('tells of a schema whose level is missing, until it comes', async () => {
  await api.client.create(FLOW_SCHEMAS, {
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
    kind: 'FlowSchema',
    metadata: { name: 'mine' },
    spec: { priorityLevelConfiguration: { name: 'later' } },
  });
  const status = () => {
    const mine = api.server.cache.get(FLOW_SCHEMAS, '', 'mine');
    return mine && danglingOf(mine);
  };
  await expect.poll(status).toBe('True');
  await api.client.create(PRIORITY_LEVELS, {
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
    kind: 'PriorityLevelConfiguration',
    metadata: { name: 'later' },
    spec: { type: 'Limited', limited: { limitResponse: { type: 'Reject' } } },
  });
  await expect.poll(status).toBe('False');
});
