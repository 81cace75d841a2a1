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

/** RollingBounds are counts, or percentages of the desired count, as strategies state them. */
export interface RollingBounds {
  readonly maxSurge?: number | string;
  readonly maxUnavailable?: number | string;
}

/**
 * rollingLimits answers how many pods may be above and how many below the desired count. Where both
 * would be 0 one may be unavailable, as nothing could be replaced otherwise.
 */
export function rollingLimits(
  bounds: RollingBounds,
  desired: number,
): { readonly maxSurge: number; readonly maxUnavailable: number } {
  const maxSurge = resolveIntOrPercent(bounds.maxSurge ?? 0, desired, 'up');
  const maxUnavailable = resolveIntOrPercent(bounds.maxUnavailable ?? 0, desired, 'down');
  return maxSurge === 0 && maxUnavailable === 0
    ? { maxSurge: 0, maxUnavailable: 1 }
    : { maxSurge, maxUnavailable };
}
