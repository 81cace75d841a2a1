import type { Overload } from '../library/overload.ts';
import type { CelType } from '../types/type.ts';
import type { Value } from '../values/value.ts';
import { type Bounds, fixed, MAX, plus, scaled, times, union } from './bounds.ts';

/** Sized is an argument of a call: its type and what is known of its size and of its elements'. */
export interface Sized {
  readonly type: CelType;
  readonly size: Bounds;
  readonly elementType: CelType | undefined;
  readonly elementSize: Bounds;
  readonly literal: Value | undefined;
}

/** EstimatedCall is a call with its arguments and their costs. */
export interface EstimatedCall {
  readonly overload: Overload;
  readonly target: Sized | undefined;
  readonly args: readonly Sized[];
  readonly costs: readonly Bounds[];
}

/** CallEstimate are the bounds of a call's cost, with its arguments, and of its result's size. */
export interface CallEstimate {
  readonly cost: Bounds;
  readonly size?: Bounds | undefined;
}

const TRAVERSAL = 0.1;
const REGEX = 0.25;
const NAME_REGEX = 128 * REGEX;
const ADDRESS: Bounds = { min: 4, max: 16 };

const traversal = (size: Bounds, factor = 1) => scaled(size, factor * TRAVERSAL);

type Operands = Pick<EstimatedCall, 'overload' | 'args'> & { readonly subject: Sized };
type Estimate = (operands: Operands) => CallEstimate;

function each(names: string, estimate: Estimate): readonly (readonly [string, Estimate])[] {
  return names.split(' ').map((name) => [name, estimate]);
}

const one: Estimate = () => ({ cost: fixed(1) });
const parse: Estimate = ({ subject }) => ({ cost: traversal(subject.size) });
const sameSize: Estimate = ({ subject: { size } }) => ({ cost: traversal(size), size });

function regex(text: Bounds, pattern: Bounds): Bounds {
  return times(traversal(plus(text, fixed(1))), scaled(pattern, REGEX));
}

const overElements: Estimate = ({ subject }) => {
  const { elementType, size, elementSize } = subject;
  if (!elementType) return { cost: traversal(size) };
  const isText = elementType.kind === 'string' || elementType.kind === 'bytes';
  return { cost: times(size, isText ? plus(fixed(1), traversal(elementSize)) : fixed(1)) };
};

function replacedSize(text: Bounds, from: Bounds, to: Bounds): Bounds {
  const most =
    from.min === 0
      ? (text.max + 1) * to.max + text.max
      : to.max <= from.min
        ? text.max
        : Math.ceil(text.max / from.min) * to.max;
  const least =
    from.max === 0
      ? (text.min + 1) * to.min + text.min
      : from.max <= to.min
        ? text.min
        : Math.ceil(text.min / from.max) * to.min;
  return { min: Math.min(least, MAX), max: Math.min(most, MAX) };
}

const replace: Estimate = ({ subject: { size }, args: [from, to] }) => ({
  cost: traversal(size, 2),
  size: from && to ? replacedSize(size, from.size, to.size) : undefined,
});

const split: Estimate = ({ subject: { size }, args: [, limit] }) => ({
  cost: traversal(size, 2),
  size: { min: 0, max: typeof limit?.literal === 'bigint' ? Number(limit.literal) : size.max },
});

const join: Estimate = ({ subject: { size, elementSize, elementType }, args: [separator] }) => {
  const items = elementType ? times(size, elementSize) : fixed(0);
  const gaps = { min: Math.max(0, size.min - 1), max: Math.max(0, size.max - 1) };
  const total = plus(items, separator ? times(separator.size, gaps) : fixed(0));
  return { cost: traversal(total), size: total };
};

function parsed({ overload, args: [other] }: Operands): Bounds {
  return overload.id.endsWith('_string') && other ? traversal(other.size) : fixed(0);
}

const compareAddress = traversal(plus(ADDRESS, ADDRESS));

const selector: Estimate = ({ args: [text] }) => {
  const size = text?.size ?? fixed(0);
  return { cost: plus(fixed(10), traversal(size), scaled(scaled(size, 0.5), 50)) };
};

/** Estimates by function, of what Kubernetes counts itself. */
const BY_NAME: ReadonlyMap<string, Estimate> = new Map([
  ...each('check', () => ({ cost: fixed(350_000) })),
  ...each('serviceAccount path group resource subresource namespace name', one),
  ...each('allowed reason error errored', one),
  ...each('fieldSelector labelSelector', selector),
  ...each('isSorted sum max min indexOf lastIndexOf', overElements),
  ...each('url jsonpatch.escapeKey lowerAscii upperAscii substring trim', sameSize),
  ...each('replace', replace),
  ...each('split', split),
  ...each('join', join),
  ...each('find findAll', ({ subject, args: [pattern] }) => ({
    cost: regex(subject.size, pattern?.size ?? fixed(0)),
    size: { min: 0, max: subject.size.max },
  })),
  ...each('cidr isIP isCIDR quantity isQuantity semver isSemver', parse),
  ...each('ip', (operands) =>
    operands.overload.id === 'cidr_ip' ? { cost: fixed(1) } : parse(operands),
  ),
  ...each('ip.isCanonical', ({ subject }) => ({ cost: traversal(subject.size, 2) })),
  ...each('masked prefixLength family isUnspecified isLoopback', one),
  ...each('isLinkLocalMulticast isLinkLocalUnicast isGlobalUnicast', one),
  ...each('containsIP', (operands) => ({ cost: plus(compareAddress, parsed(operands)) })),
  ...each('containsCIDR', (operands) => ({
    cost: plus(compareAddress, traversal(ADDRESS), fixed(1), parsed(operands)),
  })),
  ...each('validate', ({ args: [text] }) => ({
    cost: scaled(traversal(text?.size ?? fixed(0)), NAME_REGEX),
  })),
  ...each('format.named', one),
  ...each('sign asInteger isInteger asApproximateFloat isGreaterThan isLessThan compareTo', one),
  ...each('add sub major minor patch', one),
  ...each('getScheme getHostname getHost getPort getEscapedPath getQuery', one),
  ...each('sets.contains sets.equivalent sets.intersects', ({ overload, args: [left, right] }) => {
    const product = times(left?.size ?? fixed(1), right?.size ?? fixed(1));
    const factor = overload.name === 'sets.equivalent' ? 2 : 1;
    return { cost: plus(scaled(product, factor), fixed(1)) };
  }),
]);

const smaller: Estimate = ({ args: [left, right] }) => {
  const max = Math.min(left?.size.max ?? 0, right?.size.max ?? 0);
  return { cost: traversal({ min: max > 0 ? 1 : 0, max }) };
};

const concatenated =
  (cost: (size: Bounds) => Bounds): Estimate =>
  ({ args: [left, right] }) => {
    const size = plus(left?.size ?? fixed(0), right?.size ?? fixed(0));
    return { cost: cost(size), size };
  };

const equality: Estimate = (operands) => {
  const [left, right] = operands.args;
  const isOwn = left?.type.name.startsWith('kubernetes.') || left?.type.name.startsWith('net.');
  return isOwn && left?.type.name === right?.type.name ? { cost: fixed(1) } : smaller(operands);
};

/** Estimates by overload, of what cel-go counts itself. */
const BY_ID: ReadonlyMap<string, Estimate> = new Map([
  ...each('string_format', parse),
  ...each('string_to_bytes', ({ subject: { size } }) => ({
    cost: traversal(size),
    size: { min: size.min, max: Math.min(size.max * 4, MAX) },
  })),
  ...each('bytes_to_string', ({ subject: { size } }) => ({
    cost: traversal(size),
    size: { min: Math.floor(size.min / 4), max: size.max },
  })),
  ...each('strings_quote', ({ subject: { size } }) => ({
    cost: traversal(size),
    size: { min: size.min + 2, max: Math.min(size.max * 2 + 2, MAX) },
  })),
  ...each('starts_with_string ends_with_string', ({ args: [part] }) => ({
    cost: traversal(part?.size ?? fixed(0)),
  })),
  ...each('in_list', ({ args: [, list] }) => ({ cost: list?.size ?? fixed(0) })),
  ...each('matches_string', ({ subject, args: [pattern] }) => ({
    cost: regex(subject.size, pattern?.size ?? fixed(0)),
  })),
  ...each('contains_string', ({ subject, args: [part] }) => ({
    cost: times(traversal(subject.size), traversal(part?.size ?? fixed(0))),
  })),
  ...each('add_string add_bytes', concatenated(traversal)),
  ...each(
    'add_list',
    concatenated(() => fixed(1)),
  ),
  ...each('equals', equality),
  ...each('not_equals', smaller),
  ...['less', 'greater', 'less_equals', 'greater_equals'].flatMap((word) =>
    each(`${word}_string ${word}_bytes`, smaller),
  ),
]);

/** estimateCall answers the bounds of a call's cost, with the costs of its arguments. */
export function estimateCall({ overload, target, args, costs }: EstimatedCall): CallEstimate {
  const [first = fixed(0), second = fixed(0), third = fixed(0)] = costs;
  if (overload.id === 'logical_and' || overload.id === 'logical_or')
    return { cost: { min: first.min, max: plus(first, second).max } };
  if (overload.id === 'conditional') {
    const [, yes, no] = args;
    const size = yes && no ? union(yes.size, no.size) : undefined;
    return { cost: plus(first, union(second, third)), size };
  }
  const subject = target ?? args[0];
  const estimate = BY_NAME.get(overload.name) ?? BY_ID.get(overload.id);
  if (!estimate || !subject) return { cost: plus(fixed(1), ...costs) };
  const { cost, size } = estimate({ overload, args, subject });
  return { cost: plus(cost, ...costs), size };
}
