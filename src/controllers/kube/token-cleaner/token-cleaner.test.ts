import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Secret } from '../../../apis/core/v1/types.ts';
import { SECRETS } from '../../../apis/resource-types.ts';
import { type Harness, newHarness } from '../../../controller-kit/fake/harness.ts';
import { newTokenCleaner } from './token-cleaner.ts';

let harness: Harness;
beforeEach(() => {
  harness = newHarness();
});
afterEach(() => harness.stop());

it('removes bootstrap tokens when they expire, and nothing else', async () => {
  const secret = (name: string, expiration?: string, over: Partial<Secret> = {}): Secret => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: 'kube-system', uid: name },
    type: 'bootstrap.kubernetes.io/token',
    ...(expiration && { data: { expiration: Buffer.from(expiration).toString('base64') } }),
    ...over,
  });
  const past = '2001-01-01T00:00:00Z';
  const soon = new Date(harness.clock.now().getTime() + 60_000).toISOString();
  harness.client.add(
    SECRETS,
    secret('eternal'),
    secret('expired', past),
    secret('odd', 'never'),
    secret('opaque', past, { type: 'Opaque' }),
    secret('soon', soon),
  );
  await harness.start(newTokenCleaner(harness.deps));
  const names = () => harness.client.all(SECRETS).map((one) => one.metadata.name);
  expect(names()).toEqual(['eternal', 'opaque', 'soon']);
  await harness.advance(60_001);
  expect(names()).toEqual(['eternal', 'opaque']);
});
