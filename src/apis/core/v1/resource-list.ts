import {
  compareQuantities,
  formatQuantity,
  isQuantity,
  parseQuantity,
  type Quantity,
} from '../../../machinery/quantity.ts';

const MILLI_NANO = 1_000_000n;

function toMilli(quantity: Quantity): Quantity {
  const rest = quantity.nano % MILLI_NANO;
  if (rest === 0n) return quantity;
  const up = quantity.nano > 0n ? MILLI_NANO : 0n;
  return { ...quantity, nano: quantity.nano - rest + up };
}

/** canonicalMilli rounds the amounts of a resource list up to thousandths and prints them canonically. */
export function canonicalMilli(list: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(list).map(([name, text]) => [
      name,
      isQuantity(text) ? formatQuantity(toMilli(parseQuantity(text))) : text,
    ]),
  );
}

/** isLess tells whether one amount is less than another. */
export function isLess(a: string, b: string): boolean {
  return compareQuantities(parseQuantity(a), parseQuantity(b)) < 0;
}

/** isNegative tells whether an amount is below zero. */
export function isNegative(text: string): boolean {
  return parseQuantity(text).nano < 0n;
}
