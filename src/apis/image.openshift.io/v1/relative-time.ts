const UNITS: readonly [belowHours: number, hoursPerUnit: number, unit: string][] = [
  [48, 1, 'hours'],
  [24 * 7 * 2, 24, 'days'],
  [24 * 30 * 2, 24 * 7, 'weeks'],
  [24 * 365 * 2, 24 * 30, 'months'],
];

/**
 * relativeDuration prints milliseconds in one unit and in words, as the image columns of OpenShift
 * do (`Less than a second`, `About a minute`, `47 seconds`, `3 years`).
 */
export function relativeDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1000);
  if (seconds < 1) return 'Less than a second';
  if (seconds === 1) return '1 second';
  if (seconds < 60) return `${seconds} seconds`;
  const minutes = Math.trunc(ms / 60_000);
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.trunc(ms / 3_600_000 + 0.5);
  if (hours === 1) return 'About an hour';
  for (const [below, per, unit] of UNITS)
    if (hours < below) return `${Math.trunc(hours / per)} ${unit}`;
  return `${Math.trunc(ms / 3_600_000 / 24 / 365)} years`;
}

/** agoText prints how long ago a timestamp was; empty where there is none. */
export function agoText(timestamp: string | undefined, now: Date): string {
  const then = Date.parse(timestamp ?? '');
  return Number.isNaN(then) ? '' : `${relativeDuration(now.getTime() - then)} ago`;
}
