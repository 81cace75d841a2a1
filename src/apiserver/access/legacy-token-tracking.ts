import { dayOf, LEGACY_TOKEN_TRACKING, trackedSince } from '../../apis/core/v1/legacy-tokens.ts';
import { CONFIG_MAPS } from '../../apis/resource-types.ts';
import type { Client } from '../../client/client.ts';
import { createUnlessExists } from '../../client/create-unless-exists.ts';

/**
 * ensureLegacyTokenTracking tells in the cluster since when uses of tokens that do not expire are
 * noted: from today, where nothing is said of it yet.
 */
export async function ensureLegacyTokenTracking(client: Client, now: Date): Promise<void> {
  const data = { since: dayOf(now) };
  const metadata = LEGACY_TOKEN_TRACKING;
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data };
  if (await createUnlessExists(client, CONFIG_MAPS, object)) return;
  const current = await client.get(CONFIG_MAPS, metadata);
  if (trackedSince(current) !== undefined) return;
  await client.update(CONFIG_MAPS, { ...current, data: { ...current.data, ...data } });
}
