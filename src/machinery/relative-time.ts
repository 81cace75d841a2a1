const units = (n: number, one: string) => `${n} ${one}${n === 1 ? '' : 's'}`;

/**
 * relativeDuration writes a duration in words, as OpenShift's descriptions and status do: `Less than a second`,
 * `5 seconds`, `About a minute`, `2 hours` (docker/go-units HumanDuration).
 */
export function relativeDuration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 1) return 'Less than a second';
  if (seconds < 60) return units(seconds, 'second');
  const minutes = Math.floor(seconds / 60);
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return units(minutes, 'minute');
  const hours = Math.round(minutes / 60);
  if (hours === 1) return 'About an hour';
  if (hours < 48) return units(hours, 'hour');
  if (hours < 24 * 7 * 2) return units(Math.floor(hours / 24), 'day');
  if (hours < 24 * 30 * 2) return units(Math.floor(hours / 24 / 7), 'week');
  if (hours < 24 * 365 * 2) return units(Math.floor(hours / 24 / 30), 'month');
  return units(Math.floor(hours / 24 / 365), 'year');
}

/** relativeAge is `5 seconds ago`, or `Less than a second ago`, for a timestamp. */
export function relativeAge(timestamp: string | undefined, now: Date): string {
  if (!timestamp) return '<unknown>';
  return `${relativeDuration(now.getTime() - Date.parse(timestamp))} ago`;
}
