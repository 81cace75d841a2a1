const UNITS_NS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** DurationError says that a text is not a duration, in the words of Go's time.ParseDuration. */
export class DurationError extends Error {
  override readonly name = 'DurationError';
}

/** parseDuration reads a Go duration such as `1h15m30.5s`, in milliseconds; throws a DurationError. */
export function parseDuration(text: string): number {
  const [, sign = '', body = ''] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (body === '0') return 0;
  if (body === '') throw new DurationError(`time: invalid duration ${JSON.stringify(text)}`);
  const part = /(\d+\.?\d*|\.\d+)([^\d.]*)/y;
  let total = 0;
  while (part.lastIndex < body.length) {
    const found = part.exec(body);
    if (found === null) throw new DurationError(`time: invalid duration ${JSON.stringify(text)}`);
    const [, number = '', unit = ''] = found;
    if (unit === '')
      throw new DurationError(`time: missing unit in duration ${JSON.stringify(text)}`);
    const factor = UNITS_NS[unit];
    if (factor === undefined) {
      const quoted = `${JSON.stringify(unit)} in duration ${JSON.stringify(text)}`;
      throw new DurationError(`time: unknown unit ${quoted}`);
    }
    total += Number(number) * factor;
  }
  return ((sign === '-' ? -1 : 1) * total) / 1e6;
}

/** formatDuration prints milliseconds as Go does: `1h15m30.5s`, `250ms`, `0s`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  const sign = ms < 0 ? '-' : '';
  const positive = Math.abs(ms);
  if (positive < 0.001) return `${sign}${Math.round(positive * 1e6)}ns`;
  if (positive < 1) return `${sign}${Number((positive * 1e3).toFixed(3))}µs`;
  if (positive < 1000) return `${sign}${Number(positive.toFixed(6))}ms`;
  const hours = Math.floor(positive / 3_600_000);
  const minutes = Math.floor(positive / 60_000) % 60;
  const seconds = Number(((positive % 60_000) / 1000).toFixed(9));
  const head = hours > 0 ? `${hours}h${minutes}m` : minutes > 0 ? `${minutes}m` : '';
  return `${sign}${head}${seconds}s`;
}

function pair(big: number, bigUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${big}${bigUnit}` : `${big}${bigUnit}${small}${smallUnit}`;
}

/**
 * humanDuration prints milliseconds with two to three significant figures, as `kubectl` shows ages:
 * `5s`, `2m49s`, `3h`, `36d`, `2y30d`. A little less than nothing is `0s`, more is `<invalid>`.
 */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return pair(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return pair(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (hours < 24 * 8) return pair(days, 'd', hours % 24, 'h');
  if (days < 365 * 2) return `${days}d`;
  const years = Math.floor(days / 365);
  return days < 365 * 8 ? pair(years, 'y', days % 365, 'd') : `${years}y`;
}

/** ageOf is humanDuration since a timestamp; `<unknown>` where there is none. */
export function ageOf(timestamp: string | null | undefined, now: Date): string {
  if (!timestamp) return '<unknown>';
  const then = Date.parse(timestamp);
  return Number.isNaN(then) ? '<unknown>' : humanDuration(now.getTime() - then);
}
