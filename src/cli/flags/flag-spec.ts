/** FlagType says how a flag's text becomes a value; lists keep the order of the command line. */
export type FlagType = 'string' | 'bool' | 'int' | 'duration' | 'stringArray' | 'stringSlice';

/** FlagSpec declares one flag the way pflag does. */
export interface FlagSpec {
  readonly name: string;
  readonly short?: string;
  readonly type: FlagType;
  /** The value when the flag is absent; the zero value of the type without it. */
  readonly default?: string | number | boolean | readonly string[];
  /** The value of `--flag` without `=value`; such a flag never takes the next argument. */
  readonly optionalValue?: string;
  readonly usage: string;
  readonly hidden?: boolean;
}

/** stringFlag declares a flag with a text value. */
export function stringFlag(
  name: string,
  usage: string,
  more: { short?: string; default?: string; optionalValue?: string; hidden?: boolean } = {},
): FlagSpec {
  return { name, type: 'string', usage, ...more };
}

/** boolFlag declares a switch. */
export function boolFlag(
  name: string,
  usage: string,
  more: { short?: string; default?: boolean; hidden?: boolean } = {},
): FlagSpec {
  return { name, type: 'bool', usage, optionalValue: 'true', ...more };
}

/** intFlag declares a flag with a whole number. */
export function intFlag(
  name: string,
  usage: string,
  more: { short?: string; default?: number } = {},
): FlagSpec {
  return { name, type: 'int', usage, ...more };
}

/** durationFlag declares a flag with a Go duration such as `1m30s`; its value is in milliseconds. */
export function durationFlag(
  name: string,
  usage: string,
  more: { default?: string } = {},
): FlagSpec {
  return { name, type: 'duration', usage, ...more };
}

/** arrayFlag declares a flag that may be repeated; commas are part of the values. */
export function arrayFlag(name: string, usage: string, more: { short?: string } = {}): FlagSpec {
  return { name, type: 'stringArray', usage, ...more };
}

/** sliceFlag declares a flag that may be repeated, and whose values are split at commas. */
export function sliceFlag(name: string, usage: string, more: { short?: string } = {}): FlagSpec {
  return { name, type: 'stringSlice', usage, ...more };
}
