import { FlagError } from '../cli-error.ts';
import type { FlagSpec } from './flag-spec.ts';
import { FlagValues } from './flag-values.ts';

/** HelpRequested is thrown when `-h` or `--help` is met and no flag of that name is declared. */
export class HelpRequested extends Error {}

/** ParsedLine is a command line after its flags were taken out. */
export interface ParsedLine {
  readonly args: string[];
  /** How many arguments stood before `--`; -1 without one (cobra's ArgsLenAtDash). */
  readonly argsBeforeDash: number;
  readonly flags: FlagValues;
}

/** ParseOptions tell flags from arguments. */
export interface ParseOptions {
  /** Stop at the first argument: everything after it is an argument too, as for `rsh POD ls -l`. */
  readonly stopAtFirstArgument?: boolean;
}

class Parser {
  private readonly specs = new Map<string, FlagSpec>();
  private readonly shorts = new Map<string, FlagSpec>();
  private readonly values: FlagValues;
  private readonly rest: string[];

  constructor(argv: readonly string[], specs: readonly FlagSpec[]) {
    for (const spec of specs) {
      this.specs.set(spec.name, spec);
      if (spec.short) this.shorts.set(spec.short, spec);
    }
    this.values = new FlagValues(this.specs);
    this.rest = [...argv];
  }

  parse(options: ParseOptions): ParsedLine {
    const args: string[] = [];
    let argsBeforeDash = -1;
    for (let token = this.rest.shift(); token !== undefined; token = this.rest.shift()) {
      if (token === '--') {
        argsBeforeDash = args.length;
        args.push(...this.rest.splice(0));
      } else if (token.startsWith('--')) this.long(token);
      else if (token.startsWith('-') && token !== '-') this.shorthands(token);
      else {
        args.push(token);
        if (options.stopAtFirstArgument) {
          args.push(...this.rest.splice(0));
        }
      }
    }
    return { args, argsBeforeDash, flags: this.values };
  }

  private set(spec: FlagSpec, text: string): void {
    try {
      this.values.set(spec, text);
    } catch (cause) {
      throw new FlagError(cause instanceof Error ? cause.message : String(cause), { cause });
    }
  }

  private next(spec: FlagSpec, missing: string): string {
    if (spec.optionalValue !== undefined) return spec.optionalValue;
    const text = this.rest.shift();
    if (text === undefined) throw new FlagError(`flag needs an argument: ${missing}`);
    return text;
  }

  private long(token: string): void {
    const body = token.slice(2);
    if (body.startsWith('=') || body.startsWith('-'))
      throw new FlagError(`bad flag syntax: ${token}`);
    const equals = body.indexOf('=');
    const name = equals < 0 ? body : body.slice(0, equals);
    const spec = this.specs.get(name);
    if (!spec) {
      if (name === 'help') throw new HelpRequested();
      throw new FlagError(`unknown flag: --${name}`);
    }
    this.set(spec, equals < 0 ? this.next(spec, `--${name}`) : body.slice(equals + 1));
  }

  private shorthands(token: string): void {
    for (let at = 1; at < token.length; ) at = this.shorthand(token, at);
  }

  /** shorthand reads one letter of a group and answers where the next one stands. */
  private shorthand(token: string, at: number): number {
    const letter = token[at] ?? '';
    const group = `-${token.slice(1)}`;
    const spec = this.shorts.get(letter);
    if (!spec) {
      if (letter === 'h') throw new HelpRequested();
      throw new FlagError(`unknown shorthand flag: '${letter}' in ${group}`);
    }
    const after = token.slice(at + 1);
    const explicit = after.length > 1 && after.startsWith('=');
    if (explicit || (after !== '' && spec.optionalValue === undefined)) {
      this.set(spec, explicit ? after.slice(1) : after);
      return token.length;
    }
    this.set(spec, this.next(spec, `'${letter}' in ${group}`));
    return at + 1;
  }
}

/**
 * parseFlags takes the flags out of a command line with pflag's rules: flags and arguments may be
 * mixed, `--flag=x`, `--flag x`, `-nx`, `-n x`, `-n=x`, grouped switches, and `--` ends flags.
 * Throws FlagError with pflag's texts, and HelpRequested for `-h` and `--help`.
 */
export function parseFlags(
  argv: readonly string[],
  specs: readonly FlagSpec[],
  options: ParseOptions = {},
): ParsedLine {
  return new Parser(argv, specs).parse(options);
}
