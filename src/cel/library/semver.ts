import { BOOL, type CelType, INT, STRING, structType } from '../types/type.ts';
import { CelError } from '../values/errors.ts';
import { asBool, asKind, asString } from '../values/kinds.ts';
import { Opaque, type Value } from '../values/value.ts';
import { fn, method, type Overload } from './overload.ts';

const SEMVER = structType('kubernetes.Semver');
const FORM =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?$/;

class SemverValue extends Opaque {
  override readonly type = SEMVER;
  readonly numbers: readonly bigint[];
  readonly pre: readonly string[];

  constructor(numbers: readonly bigint[], pre: readonly string[]) {
    super();
    this.numbers = numbers;
    this.pre = pre;
  }

  override equals(other: Opaque): boolean {
    return other instanceof SemverValue && compare(this, other) === 0;
  }
}

function order<T>(left: T, right: T): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function comparePre(left: string, right: string): number {
  const [one, other] = [/^\d+$/.test(left), /^\d+$/.test(right)];
  if (one && other) return order(BigInt(left), BigInt(right));
  if (one !== other) return one ? -1 : 1;
  return order(left, right);
}

function compare(left: SemverValue, right: SemverValue): number {
  for (const [index, number] of left.numbers.entries()) {
    const by = order(number, right.numbers[index] ?? 0n);
    if (by !== 0) return by;
  }
  if (left.pre.length === 0 || right.pre.length === 0)
    return order(right.pre.length === 0 ? 0 : 1, left.pre.length === 0 ? 0 : 1);
  for (const [index, part] of left.pre.entries()) {
    const other = right.pre[index];
    if (other === undefined) return 1;
    const by = comparePre(part, other);
    if (by !== 0) return by;
  }
  return order(left.pre.length, right.pre.length);
}

/** Completes `v1`, `1.2` and leading zeros, as upstream does on demand. */
function normalize(text: string): string {
  const parts = text.replace(/^v/, '').split('.');
  const [major = '', minor, ...rest] = parts;
  const given = [
    major,
    ...(minor === undefined ? [] : [minor]),
    ...(rest.length ? [rest.join('.')] : []),
  ];
  const clean = given.map((part) => part.replace(/^0+(?=\d)/, ''));
  if (clean.length < 3 && /[+-]/.test(clean.at(-1) ?? ''))
    throw new CelError('short version cannot contain PreRelease/Build meta data');
  while (clean.length < 3) clean.push('0');
  return clean.join('.');
}

function problemOf(text: string): string {
  if (text === '') return 'Version string empty';
  const parts = text.split('.');
  if (parts.length < 3) return 'No Major.Minor.Patch elements found';
  const names = ['major', 'minor', 'patch'];
  for (const [index, name] of names.entries()) {
    const part = index === 2 ? (parts[2] ?? '').replace(/[-+].*$/, '') : (parts[index] ?? '');
    const title = `${name[0]?.toUpperCase()}${name.slice(1)}`;
    if (!/^\d*$/.test(part))
      return `Invalid character(s) found in ${name} number ${JSON.stringify(part)}`;
    if (/^0\d/.test(part))
      return `${title} number must not contain leading zeroes ${JSON.stringify(part)}`;
  }
  return `Invalid character(s) found in prerelease ${JSON.stringify(text.replace(/^[^-]*-/, ''))}`;
}

function read(text: string): SemverValue {
  const found = FORM.exec(text);
  if (!found) throw new CelError(problemOf(text));
  const numbers = found.slice(1, 4).map((part) => BigInt(part));
  return new SemverValue(numbers, found[4] === undefined ? [] : found[4].split('.'));
}

function isSemver(text: string): boolean {
  try {
    read(text);
    return true;
  } catch (error) {
    if (error instanceof CelError) return false;
    throw error;
  }
}

function readMaybe(text: Value | undefined, normal: Value | undefined): string {
  return asBool(normal) ? normalize(asString(text)) : asString(text);
}

function isSemverMaybe(text: Value | undefined, normal: Value | undefined): boolean {
  try {
    return isSemver(readMaybe(text, normal));
  } catch (error) {
    if (error instanceof CelError) return false;
    throw error;
  }
}

const number = (index: number) => (value: Value | undefined) =>
  asKind(SemverValue, value).numbers[index] ?? 0n;

function binary(name: string, id: string, result: CelType, run: (order: number) => Value) {
  return method(name, id, {
    args: [SEMVER, SEMVER],
    result,
    run: (left, right) => run(compare(asKind(SemverValue, left), asKind(SemverValue, right))),
  });
}

/** SEMVERS are the functions of semantic versions. */
export const SEMVERS = {
  types: [SEMVER],
  overloads: [
    fn('semver', 'string_to_semver', {
      args: [STRING],
      result: SEMVER,
      run: (text) => read(asString(text)),
    }),
    fn('semver', 'string_bool_to_semver', {
      args: [STRING, BOOL],
      result: SEMVER,
      run: (text, normal) => read(readMaybe(text, normal)),
    }),
    fn('isSemver', 'is_semver_string', {
      args: [STRING],
      result: BOOL,
      run: (text) => isSemver(asString(text)),
    }),
    fn('isSemver', 'is_semver_string_bool', {
      args: [STRING, BOOL],
      result: BOOL,
      run: isSemverMaybe,
    }),
    binary('isGreaterThan', 'semver_is_greater_than', BOOL, (by) => by > 0),
    binary('isLessThan', 'semver_is_less_than', BOOL, (by) => by < 0),
    binary('compareTo', 'semver_compare_to', INT, (by) => BigInt(by)),
    method('major', 'semver_major', { args: [SEMVER], result: INT, run: number(0) }),
    method('minor', 'semver_minor', { args: [SEMVER], result: INT, run: number(1) }),
    method('patch', 'semver_patch', { args: [SEMVER], result: INT, run: number(2) }),
  ] as readonly Overload[],
};
