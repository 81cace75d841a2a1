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

/** numberFlag is a flag that is a count; throws a UsageError. */
export function numberFlag(flags: ApiFlags, name: ApiFlagName): number | undefined {
  const text = flags[name];
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  throw new UsageError(
    `invalid argument "${text}" for "${name}" flag: strconv.ParseInt: parsing "${text}": invalid syntax`,
  );
}

const BOOLEANS: Readonly<Record<string, boolean>> = Object.fromEntries([
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((text) => [text, true]),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map((text) => [text, false]),
]);

/** booleanFlag is a flag that is on or off, in any form that Go reads; throws a UsageError. */
export function booleanFlag(flags: ApiFlags, name: ApiFlagName): boolean | undefined {
  const text = flags[name];
  if (text === undefined) return undefined;
  const value = BOOLEANS[text];
  if (value !== undefined) return value;
  throw new UsageError(
    `invalid argument "${text}" for "${name}" flag: strconv.ParseBool: parsing "${text}": invalid syntax`,
  );
}
