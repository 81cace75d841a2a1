/** humanDuration writes a duration as kubectl's tables do: `45s`, `3m12s`, `5h`, `2d3h`, `400d`. */
export function humanDuration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return minutes * 60 === seconds ? `${minutes}m` : `${minutes}m${seconds % 60}s`;
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return minutes % 60 === 0 ? `${hours}h` : `${hours}h${minutes % 60}m`;
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (hours < 192) return hours % 24 === 0 ? `${days}d` : `${days}d${hours % 24}h`;
  if (days < 365 * 2) return `${days}d`;
  const years = Math.floor(days / 365);
  if (days < 365 * 8) return days % 365 === 0 ? `${years}y` : `${years}y${days % 365}d`;
  return `${years}y`;
}

/** ageOf is the age of a timestamp, `<unknown>` without one. */
export function ageOf(timestamp: string | undefined, now: Date): string {
  return timestamp ? humanDuration(now.getTime() - Date.parse(timestamp)) : '<unknown>';
}

const units = (n: number, one: string) => `${n} ${one}${n === 1 ? '' : 's'}`;

/**
 * relativeDuration writes a duration as OpenShift's descriptions and status do: `Less than a second`,
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
