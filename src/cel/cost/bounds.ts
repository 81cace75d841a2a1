/** Bounds are the least and the most that a size or a cost can be; the most that counts is MAX. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** MAX stands for what has no bound: the largest number of 64 bits. */
export const MAX = 2 ** 64;

/** UNKNOWN are the bounds of what nothing is known of. */
export const UNKNOWN: Bounds = { min: 0, max: MAX };

const cap = (value: number) => Math.min(value, MAX);

/** fixed are the bounds of what is known. */
export function fixed(value: number): Bounds {
  return { min: value, max: value };
}

/** plus adds bounds. */
export function plus(...all: readonly Bounds[]): Bounds {
  return all.reduce(
    (left, right) => ({ min: cap(left.min + right.min), max: cap(left.max + right.max) }),
    fixed(0),
  );
}

/** times multiplies bounds. */
export function times(left: Bounds, right: Bounds): Bounds {
  return { min: cap(left.min * right.min), max: cap(left.max * right.max) };
}

/** scaled multiplies bounds by a factor and rounds up. */
export function scaled({ min, max }: Bounds, factor: number): Bounds {
  return { min: cap(Math.ceil(min * factor)), max: cap(Math.ceil(max * factor)) };
}

/** union are the bounds that hold for either of two. */
export function union(left: Bounds, right: Bounds): Bounds {
  return { min: Math.min(left.min, right.min), max: Math.max(left.max, right.max) };
}
