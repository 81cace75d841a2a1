import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ResourceQuota } from '../../../apis/core/v1/types.ts';
import { PODS, RESOURCE_QUOTAS } from '../../../apis/resource-types.ts';
import { type Harness, newHarness } from '../../../controller-kit/fake/harness.ts';
import { newResourceQuotaController } from './resource-quota-controller.ts';

let harness: Harness;
beforeEach(() => {
  harness = newHarness();
});
afterEach(() => harness.stop());

const quota = (name: string, hard: Record<string, string>): ResourceQuota => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { namespace: 'a', name },
  spec: { hard },
});

const pod = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { namespace: 'a', name },
  spec: { containers: [] },
});

const statusOf = (name: string) =>
  harness.client.all(RESOURCE_QUOTAS).find((one) => one.metadata.name === name)?.status;

/** Counts the pods that the client has, as admission would. */
const usage = ({ spec }: ResourceQuota) =>
  Object.fromEntries(
    Object.keys(spec?.hard ?? {}).map((name) => [name, String(harness.client.all(PODS).length)]),
  );

it('shows what is used, and follows what comes', async () => {
  harness.client.add(RESOURCE_QUOTAS, quota('q', { pods: '5' }));
  await harness.start(newResourceQuotaController(harness.deps, usage));
  expect(statusOf('q')).toEqual({ hard: { pods: '5' }, used: { pods: '0' } });
  harness.client.add(PODS, pod('one'), pod('two'));
  await harness.advance(1);
  expect(statusOf('q')).toEqual({ hard: { pods: '5' }, used: { pods: '2' } });
});

it('counts what it does not watch every few seconds', async () => {
  let used = '0';
  harness.client.add(RESOURCE_QUOTAS, quota('q', { 'count/widgets.example.com': '5' }));
  await harness.start(
    newResourceQuotaController(harness.deps, () => ({ 'count/widgets.example.com': used })),
  );
  used = '3';
  await harness.advance(5_000);
  expect(statusOf('q')?.used).toEqual({ 'count/widgets.example.com': '3' });
});
