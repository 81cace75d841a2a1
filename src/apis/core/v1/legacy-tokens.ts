import type { ConfigMap } from './types.ts';

/** LAST_USED is the label in which the day of the last use of a legacy token is kept. */
export const LAST_USED = 'kubernetes.io/legacy-token-last-used';

/** INVALID_SINCE is the label of a legacy token's secret that was found unused for long. */
export const INVALID_SINCE = 'kubernetes.io/legacy-token-invalid-since';

/** LEGACY_TOKEN_TRACKING names the config map that tells since when uses are noted. */
export const LEGACY_TOKEN_TRACKING = {
  namespace: 'kube-system',
  name: 'kube-apiserver-legacy-service-account-token-tracking',
};

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** dayOf is a day as labels of tokens have it: `2026-11-22`. */
export function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}

/** isDay tells whether a text is such a day. */
export function isDay(text: string | undefined): text is string {
  return text !== undefined && DAY.test(text) && !Number.isNaN(Date.parse(text));
}

/** trackedSince is the day since which uses are noted; undefined: nobody knows. */
export function trackedSince({ data }: ConfigMap): string | undefined {
  const since = data?.since;
  return isDay(since) ? since : undefined;
}
