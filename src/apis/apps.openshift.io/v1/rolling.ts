import type { RollingDeploymentStrategyParams } from './types.ts';

/**
 * resolveIntOrPercent answers a count from a count or a percentage of `total`; surge rounds up,
 * unavailability down, so that a rollout is never stuck and never overdone.
 */
export function resolveIntOrPercent(
  value: number | string,
  total: number,
  rounding: 'up' | 'down',
): number {
  if (typeof value === 'number') return value;
  const percent = Number.parseInt(value, 10);
  if (!value.endsWith('%') || Number.isNaN(percent)) return Number.parseInt(value, 10) || 0;
  const exact = (percent * total) / 100;
  return rounding === 'up' ? Math.ceil(exact) : Math.floor(exact);
}

/** rollingLimits answers how many pods may be above and how many below the desired count. */
export function rollingLimits(
  params: RollingDeploymentStrategyParams,
  desired: number,
): { readonly maxSurge: number; readonly maxUnavailable: number } {
  const maxSurge = resolveIntOrPercent(params.maxSurge ?? 0, desired, 'up');
  const maxUnavailable = resolveIntOrPercent(params.maxUnavailable ?? 0, desired, 'down');
  return maxSurge === 0 && maxUnavailable === 0
    ? { maxSurge: 0, maxUnavailable: 1 }
    : { maxSurge, maxUnavailable };
}
