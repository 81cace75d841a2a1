import { DURATION, INT, STRING, TIMESTAMP } from '../types/type.ts';
import { asKind, asString } from '../values/kinds.ts';
import { Duration, Timestamp } from '../values/time.ts';
import type { Value } from '../values/value.ts';
import { method, type Overload } from './overload.ts';

type Part = (date: Date) => number;

function dayOfYear(date: Date): number {
  const first = Date.UTC(date.getUTCFullYear(), 0, 1);
  return Math.floor((date.getTime() - first) / 86_400_000);
}

const PARTS: readonly (readonly [string, string, Part])[] = [
  ['getFullYear', 'year', (date) => date.getUTCFullYear()],
  ['getMonth', 'month', (date) => date.getUTCMonth()],
  ['getDayOfYear', 'day_of_year', dayOfYear],
  ['getDayOfMonth', 'day_of_month', (date) => date.getUTCDate() - 1],
  ['getDate', 'day_of_month_1_based', (date) => date.getUTCDate()],
  ['getDayOfWeek', 'day_of_week', (date) => date.getUTCDay()],
  ['getHours', 'hours', (date) => date.getUTCHours()],
  ['getMinutes', 'minutes', (date) => date.getUTCMinutes()],
  ['getSeconds', 'seconds', (date) => date.getUTCSeconds()],
  ['getMilliseconds', 'milliseconds', (date) => date.getUTCMilliseconds()],
];

function partOf(part: Part, time: Value | undefined, zone: string): bigint {
  return BigInt(part(asKind(Timestamp, time).inZone(zone)));
}

const DURATION_UNITS: readonly (readonly [string, string, bigint])[] = [
  ['getHours', 'hours', 3_600_000_000_000n],
  ['getMinutes', 'minutes', 60_000_000_000n],
  ['getSeconds', 'seconds', 1_000_000_000n],
  ['getMilliseconds', 'milliseconds', 1_000_000n],
];

/** TIMES are the parts of timestamps and durations. */
export const TIMES: readonly Overload[] = [
  ...PARTS.flatMap(([name, word, part]) => [
    method(name, `timestamp_to_${word}`, {
      args: [TIMESTAMP],
      result: INT,
      run: (time) => partOf(part, time, 'UTC'),
    }),
    method(name, `timestamp_to_${word}_with_tz`, {
      args: [TIMESTAMP, STRING],
      result: INT,
      run: (time, zone) => partOf(part, time, asString(zone)),
    }),
  ]),
  ...DURATION_UNITS.map(([name, word, unit]) =>
    method(name, `duration_to_${word}`, {
      args: [DURATION],
      result: INT,
      run: (duration) => asKind(Duration, duration).nanos / unit,
    }),
  ),
];
