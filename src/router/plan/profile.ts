import type { Route } from '../../apis/route.openshift.io/v1/types.ts';

/** BackendProfile is what of a HAProxy backend cannot be changed while it runs. */
export interface BackendProfile {
  readonly balance: 'random' | 'roundrobin' | 'leastconn' | 'source';
  readonly cookies: boolean;
  readonly timeoutServerMs: number;
}

/** DEFAULT_PROFILE is that of a route without annotations, as in OpenShift 4. */
export const DEFAULT_PROFILE: BackendProfile = {
  balance: 'random',
  cookies: true,
  timeoutServerMs: 30_000,
};

const PREFIX = 'haproxy.router.openshift.io/';
const BALANCES = ['random', 'roundrobin', 'leastconn', 'source'] as const;
const UNIT_MS = { us: 0.001, ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
/** HAProxy's timers end here: 2^31 - 1 ms. */
const MAX_TIMEOUT_MS = 2_147_483_647;

/** routeProfile reads a route's annotations; values that say nothing are ignored, as upstream does. */
export function routeProfile({ metadata }: Route): BackendProfile {
  const annotation = (name: string) => metadata.annotations?.[PREFIX + name] ?? '';
  const balance = BALANCES.find((one) => one === annotation('balance'));
  return {
    balance: balance ?? DEFAULT_PROFILE.balance,
    cookies: !/^(true|1)$/i.test(annotation('disable_cookies')),
    timeoutServerMs: parseTimeout(annotation('timeout')) ?? DEFAULT_PROFILE.timeoutServerMs,
  };
}

/** sameProfile tells whether a backend of one profile serves the other. */
export function sameProfile(a: BackendProfile, b: BackendProfile): boolean {
  return (
    a.balance === b.balance && a.cookies === b.cookies && a.timeoutServerMs === b.timeoutServerMs
  );
}

function parseTimeout(text: string): number | undefined {
  const match = /^([1-9]\d*)(us|ms|s|m|h|d)?$/.exec(text);
  if (!match) return undefined;
  const unit = (match[2] ?? 'ms') as keyof typeof UNIT_MS;
  return Math.min(MAX_TIMEOUT_MS, Math.max(1, Math.round(Number(match[1]) * UNIT_MS[unit])));
}
