import { describe, expect, it } from 'vitest';
import { arrayFlag, boolFlag, durationFlag, intFlag, sliceFlag, stringFlag } from './flag-spec.ts';
import { HelpRequested, parseFlags } from './parse-flags.ts';

const SPECS = [
  stringFlag('namespace', '', { short: 'n' }),
  boolFlag('watch', '', { short: 'w' }),
  boolFlag('all', '', { short: 'A' }),
  intFlag('tail', '', { default: -1 }),
  durationFlag('since', ''),
  arrayFlag('env', '', { short: 'e' }),
  sliceFlag('filename', '', { short: 'f' }),
  stringFlag('dry-run', '', { default: 'none', optionalValue: 'unchanged' }),
];
const parse = (line: string, stopAtFirstArgument = false) =>
  parseFlags(line.split(' '), SPECS, { stopAtFirstArgument });

describe('parseFlags', () => {
  it.each(['-n x', '-nx', '-n=x', '--namespace x', '--namespace=x', '-wn x', '-wAnx'])(
    'reads %s as a namespace',
    (line) => {
      expect(parse(line).flags.string('namespace')).toBe('x');
    },
  );

  it('keeps arguments apart from flags wherever they stand', () => {
    const { args, flags, argsBeforeDash } = parse('pods -w web --tail 5 -- -n x');
    expect(args).toEqual(['pods', 'web', '-n', 'x']);
    expect(argsBeforeDash).toBe(2);
    expect(flags.bool('watch')).toBe(true);
    expect(flags.int('tail')).toBe(5);
    expect(flags.changed('namespace')).toBe(false);
  });

  it('leaves everything after the first argument alone when asked to', () => {
    expect(parse('-n p web ls -l', true).args).toEqual(['web', 'ls', '-l']);
    expect(parse('-n p web -- ls -l', true).args).toEqual(['web', '--', 'ls', '-l']);
  });

  it('repeats lists, and splits only slices at commas', () => {
    const { flags } = parse('-e A=1,2 -e B=3 -f a,b -f c');
    expect(flags.list('env')).toEqual(['A=1,2', 'B=3']);
    expect(flags.list('filename')).toEqual(['a', 'b', 'c']);
  });

  it('gives an optional value only after an equals sign', () => {
    expect(parse('--dry-run client').flags.string('dry-run')).toBe('unchanged');
    expect(parse('--dry-run=client').flags.string('dry-run')).toBe('client');
    expect(parse('pods').flags.string('dry-run')).toBe('none');
  });

  it('reads durations in milliseconds', () => {
    expect(parse('--since 1h30m').flags.durationMs('since')).toBe(5_400_000);
  });

  it.each([
    ['--x', 'unknown flag: --x'],
    ['-q', "unknown shorthand flag: 'q' in -q"],
    ['-wq', "unknown shorthand flag: 'q' in -wq"],
    ['--namespace', 'flag needs an argument: --namespace'],
    ['-n', "flag needs an argument: 'n' in -n"],
    ['--=x', 'bad flag syntax: --=x'],
    [
      '--tail x',
      'invalid argument "x" for "--tail" flag: strconv.ParseInt: parsing "x": invalid syntax',
    ],
    [
      '-w=x',
      'invalid argument "x" for "-w, --watch" flag: strconv.ParseBool: parsing "x": invalid syntax',
    ],
    ['--since 5', 'invalid argument "5" for "--since" flag: time: invalid duration "5"'],
  ])('refuses %s as pflag does', (line, message) => {
    expect(() => parse(line)).toThrow(message);
  });

  it.each(['-h', '--help', 'pods -h'])('asks for help on %s', (line) => {
    expect(() => parse(line)).toThrow(HelpRequested);
  });
});
