import { parseGoDuration } from '../../apiserver/filters/go-duration.ts';
import type { ApiFlagName, ApiFlags } from '../platform/api-flags.ts';
import { UsageError } from '../platform/options.ts';

/** durationFlag is a flag that is a duration, in milliseconds; throws a UsageError. */
export function durationFlag(flags: ApiFlags, name: ApiFlagName): number | undefined {
  const text = flags[name];
  if (text === undefined) return undefined;
  const duration = parseGoDuration(text);
  if ('ms' in duration && duration.ms >= 0) return duration.ms;
  const problem = 'error' in duration ? duration.error : 'must not be negative';
  throw new UsageError(`invalid argument "${text}" for "${name}" flag: ${problem}`);
}
