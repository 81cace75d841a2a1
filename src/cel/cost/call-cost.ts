import { lengthOf } from '../library/conversions.ts';
import { FormatValue } from '../library/formats.ts';
import type { Overload } from '../library/overload.ts';
import { CelList, CelMap, Opaque, Optional, type Value } from '../values/value.ts';

const TRAVERSAL = 0.1;
const REGEX = 0.25;
const CHECK = 350_000;

/** sizeOf is the size that costs are counted by: 1 for what has none. */
function sizeOf(value: Value | undefined): number {
  if (typeof value === 'string') return lengthOf(value);
  if (value instanceof CelList || value instanceof CelMap) return value.size;
  if (value instanceof Uint8Array) return value.length;
  if (value instanceof Optional && value.value !== undefined) return sizeOf(value.value);
  return 1;
}

function traversal(size: number, factor = 1): number {
  return Math.ceil(size * factor * TRAVERSAL);
}

/** deepCost is the cost to go through a value with all its parts. */
function deepCost(value: Value | undefined): number {
  if (typeof value === 'string') return Math.trunc(Buffer.byteLength(value) * TRAVERSAL);
  if (value instanceof Uint8Array) return Math.trunc(value.length * TRAVERSAL);
  if (value instanceof CelList)
    return value.toArray().reduce((cost: number, one) => cost + deepCost(one), 0);
  if (value instanceof CelMap)
    return value
      .keys()
      .reduce((cost: number, key) => cost + deepCost(key) + deepCost(value.find(key)), 0);
  return 1;
}

function regexCost(text: number, pattern: number): number {
  return traversal(text + 1) * Math.ceil(pattern * REGEX);
}

function selectorCost(length: number): number {
  return 10 + Math.ceil(length * TRAVERSAL) + Math.ceil(Math.ceil(length * 0.5) * 50);
}

type CostOf = (args: readonly Value[], result: Value, overload: Overload) => number;

const first: CostOf = ([text]) => traversal(sizeOf(text));
const twice: CostOf = ([text]) => traversal(sizeOf(text), 2);
const one: CostOf = () => 1;
const deep: CostOf = ([list]) => deepCost(list);

function each(names: string, cost: CostOf): readonly (readonly [string, CostOf])[] {
  return names.split(' ').map((name) => [name, cost]);
}

const parsed: CostOf = ([, other], _result, { id }) =>
  id.endsWith('_string') ? traversal(sizeOf(other)) : 0;

/** Costs by function, of what Kubernetes counts itself. */
const BY_NAME: ReadonlyMap<string, CostOf> = new Map([
  ...each('check', () => CHECK),
  ...each('serviceAccount path group resource subresource namespace name', one),
  ...each('allowed reason error errored', one),
  ...each('fieldSelector labelSelector', ([, text]) => selectorCost(sizeOf(text))),
  ...each('isSorted sum max min indexOf lastIndexOf', deep),
  ...each('url lowerAscii upperAscii substring trim jsonpatch.escapeKey', first),
  ...each('replace split ip.isCanonical', twice),
  ...each('join', (_args, result) => traversal(sizeOf(result), 2)),
  ...each('find findAll', ([text, pattern]) => regexCost(sizeOf(text), sizeOf(pattern))),
  ...each('cidr isIP isCIDR quantity isQuantity semver isSemver', first),
  ...each('ip', (args, result, overload) =>
    overload.id === 'cidr_ip' ? 1 : first(args, result, overload),
  ),
  ...each('masked prefixLength family isUnspecified isLoopback', one),
  ...each('isLinkLocalMulticast isLinkLocalUnicast isGlobalUnicast', one),
  ...each('containsIP', (args, result, overload) => 1 + parsed(args, result, overload)),
  ...each('containsCIDR', (args, result, overload) => 3 + parsed(args, result, overload)),
  ...each('validate', ([format, text]) =>
    format instanceof FormatValue ? regexCost(sizeOf(text), format.format.regexLength) : 1,
  ),
  ...each(
    'sets.contains sets.equivalent sets.intersects',
    ([left, right], _result, { name }) =>
      1 + sizeOf(left) * sizeOf(right) * (name === 'sets.equivalent' ? 2 : 1),
  ),
]);

function smaller([left, right]: readonly Value[]): number {
  return traversal(Math.min(sizeOf(left), sizeOf(right)));
}

/** Costs by overload, of what cel-go counts itself. */
const BY_ID: ReadonlyMap<string, CostOf> = new Map([
  ...each('starts_with_string ends_with_string string_to_bytes bytes_to_string', first),
  ...each('strings_quote string_format', first),
  ...each('in_list', ([, list]) => sizeOf(list)),
  ...each('equals not_equals', (args) => (args[0] instanceof Opaque ? 1 : smaller(args))),
  ...['less', 'greater', 'less_equals', 'greater_equals'].flatMap((word) =>
    each(`${word}_string ${word}_bytes`, smaller),
  ),
  ...each('add_string add_bytes', ([left, right]) => traversal(sizeOf(left) + sizeOf(right))),
  ...each('matches matches_string', ([text, pattern]) => regexCost(sizeOf(text), sizeOf(pattern))),
  ...each('contains_string', ([text, part]) => traversal(sizeOf(text)) * traversal(sizeOf(part))),
]);

/** callCost is what a call costs beside its arguments. Follows the counting of Kubernetes 1.34. */
export function callCost(overload: Overload, args: readonly Value[], result: Value): number {
  const cost = BY_NAME.get(overload.name) ?? BY_ID.get(overload.id);
  return cost ? cost(args, result, overload) : 1;
}
