const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

const two = (n: number) => String(n).padStart(2, '0');

function offsetOf(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${two(size % 60)}`;
}

/** rfc1123 writes a timestamp as Go's RFC1123Z in local time: `Sun, 22 Nov 2026 17:14:35 +0000`. */
export function rfc1123(timestamp: string | undefined, zone = true): string {
  if (!timestamp) return 'Mon, 01 Jan 0001 00:00:00 +0000';
  const date = new Date(timestamp);
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  const end = zone ? offsetOf(date) : 'UTC';
  return `${DAYS[date.getDay()]}, ${two(date.getDate())} ${MONTHS[date.getMonth()]} ${date.getFullYear()} ${clock} ${end}`;
}

/** goTime writes a timestamp as Go's `%v`: `2026-11-22 13:30:57 +0000 UTC`. */
export function goTime(timestamp: string | undefined): string {
  const text = new Date(timestamp ?? 0).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 19)} +0000 UTC`;
}

/** goDuration writes whole seconds as Go prints durations: `4s`, `1m5s`, `2h0m0s`. */
export function goDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (h > 0) return `${h}h${m}m${s}s`;
  return m > 0 ? `${m}m${s}s` : `${s}s`;
}
