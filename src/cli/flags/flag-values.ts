import { CliError } from '../cli-error.ts';
import { parseDurationMs } from './duration.ts';
import type { FlagSpec } from './flag-spec.ts';

type Value = string | number | boolean | string[];

const TRUE = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False']);

function parseBool(text: string): boolean {
  if (TRUE.has(text)) return true;
  if (FALSE.has(text)) return false;
  throw new CliError(`strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
}

function parseInteger(text: string): number {
  if (/^[+-]?\d+$/.test(text)) return Number(text);
  throw new CliError(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
}

function parseDuration(text: string): number {
  const ms = parseDurationMs(text);
  if (ms === undefined) throw new CliError(`time: invalid duration ${JSON.stringify(text)}`);
  return ms;
}

const ZERO = {
  string: '',
  bool: false,
  int: 0,
  duration: '0s',
  stringArray: [],
  stringSlice: [],
} as const;

function decode(spec: FlagSpec, text: string, old: Value | undefined): Value {
  switch (spec.type) {
    case 'string':
      return text;
    case 'bool':
      return parseBool(text);
    case 'int':
      return parseInteger(text);
    case 'duration':
      return parseDuration(text);
    case 'stringArray':
      return [...(Array.isArray(old) ? old : []), text];
    case 'stringSlice':
      return [...(Array.isArray(old) ? old : []), ...(text === '' ? [] : text.split(','))];
  }
}

/** FlagValues holds the flags of one command line; asking for an undeclared flag is a bug. */
export class FlagValues {
  private readonly specs: ReadonlyMap<string, FlagSpec>;
  private readonly values = new Map<string, Value>();

  constructor(specs: ReadonlyMap<string, FlagSpec>) {
    this.specs = specs;
  }

  /** set parses text into the flag; pflag's error text names the flag with its shorthand. */
  set(spec: FlagSpec, text: string): void {
    try {
      this.values.set(spec.name, decode(spec, text, this.values.get(spec.name)));
    } catch (cause) {
      const flag = spec.short ? `-${spec.short}, --${spec.name}` : `--${spec.name}`;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new CliError(`invalid argument ${JSON.stringify(text)} for "${flag}" flag: ${reason}`, {
        cause,
      });
    }
  }

  /** changed tells whether the command line named the flag. */
  changed(name: string): boolean {
    return this.values.has(name);
  }

  /** has tells whether the command declares the flag at all. */
  has(name: string): boolean {
    return this.specs.has(name);
  }

  private value(name: string): Value {
    const set = this.values.get(name);
    if (set !== undefined) return set;
    const spec = this.specs.get(name);
    if (!spec) throw new Error(`flag --${name} is not declared`);
    const value = spec.default ?? ZERO[spec.type];
    if (spec.type === 'duration') return parseDuration(String(value));
    return typeof value === 'object' ? [...value] : value;
  }

  string(name: string): string {
    return String(this.value(name));
  }

  bool(name: string): boolean {
    return this.value(name) === true;
  }

  int(name: string): number {
    return Number(this.value(name));
  }

  /** durationMs is the value of a duration flag in milliseconds. */
  durationMs(name: string): number {
    return Number(this.value(name));
  }

  list(name: string): string[] {
    const value = this.value(name);
    return Array.isArray(value) ? value : [String(value)];
  }
}
