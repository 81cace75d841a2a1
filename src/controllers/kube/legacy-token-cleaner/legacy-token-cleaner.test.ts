import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  dayOf,
  INVALID_SINCE,
  LAST_USED,
  LEGACY_TOKEN_TRACKING,
} from '../../../apis/core/v1/legacy-tokens.ts';
import type { Secret } from '../../../apis/core/v1/types.ts';
import { CONFIG_MAPS, PODS, SECRETS, SERVICE_ACCOUNTS } from '../../../apis/resource-types.ts';
import { type Harness, newHarness } from '../../../controller-kit/fake/harness.ts';
import { newLegacyTokenCleaner } from './legacy-token-cleaner.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const NAMES = ['asked-for', 'long-invalid', 'mounted', 'new', 'unused', 'used'];
let harness: Harness;
beforeEach(() => {
  harness = newHarness();
});
afterEach(() => harness.stop());

const before = (days: number) => new Date(harness.clock.now().getTime() - days * DAY_MS);

function secret(name: string, ageDays = 500, labels: Record<string, string> = {}): Secret {
  const annotations = { 'kubernetes.io/service-account.name': 'sa' };
  const creationTimestamp = before(ageDays).toISOString();
  const metadata = { namespace: 'a', name, uid: name, annotations, labels, creationTimestamp };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/service-account-token',
    metadata,
  };
}

function prepare(trackedForDays: number): void {
  harness.client.add(CONFIG_MAPS, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: LEGACY_TOKEN_TRACKING,
    data: { since: dayOf(before(trackedForDays)) },
  });
  harness.client.add(SERVICE_ACCOUNTS, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { namespace: 'a', name: 'sa' },
    secrets: NAMES.filter((name) => name !== 'asked-for').map((name) => ({ name })),
  });
  harness.client.add(PODS, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'a', name: 'p' },
    spec: { containers: [], volumes: [{ name: 'v', secret: { secretName: 'mounted' } }] },
  });
  harness.client.add(
    SECRETS,
    secret('asked-for'),
    secret('long-invalid', 900, { [INVALID_SINCE]: dayOf(before(400)) }),
    secret('mounted'),
    secret('new', 10),
    secret('unused', 500, { [LAST_USED]: dayOf(before(400)) }),
    secret('used', 500, { [LAST_USED]: dayOf(before(5)) }),
  );
}

const invalid = () =>
  harness.client
    .all(SECRETS)
    .filter(({ metadata }) => metadata.labels?.[INVALID_SINCE])
    .map(({ metadata }) => metadata.name);

it('marks tokens that nobody uses, and removes those that were marked long ago', async () => {
  prepare(400);
  await harness.start(newLegacyTokenCleaner(harness.deps));
  const names = harness.client.all(SECRETS).map(({ metadata }) => metadata.name);
  expect(names).toEqual(NAMES.filter((name) => name !== 'long-invalid'));
  expect(invalid()).toEqual(['unused']);
});

it('waits until uses have been noted for a year', async () => {
  prepare(100);
  await harness.start(newLegacyTokenCleaner(harness.deps));
  expect(harness.client.all(SECRETS)).toHaveLength(NAMES.length);
  expect(invalid()).toEqual(['long-invalid']);
});
