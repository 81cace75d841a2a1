/** QuantityFormat is how a quantity was written and will be printed. */
export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent';

/** Quantity is an exact amount in billionths, with the format in which it was written. */
export interface Quantity {
  readonly nano: bigint;
  readonly format: QuantityFormat;
}

/** QuantityError says that a text is not a quantity, in the words of `resource.ParseQuantity`. */
export class QuantityError extends Error {
  override readonly name = 'QuantityError';
}

const NANO = 1_000_000_000n;
const MAX_NANO = (2n ** 63n - 1n) * NANO;
const SPLIT = /^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$/;
const DECIMAL = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const BINARY = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

function wrongFormat(): QuantityError {
  return new QuantityError(
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
  );
}

interface Suffix {
  readonly format: QuantityFormat;
  readonly base: 2n | 10n;
  readonly exponent: number;
}

function parseSuffix(suffix: string): Suffix {
  const decimal = DECIMAL.indexOf(suffix);
  if (decimal >= 0) return { format: 'DecimalSI', base: 10n, exponent: (decimal - 3) * 3 };
  const binary = BINARY.indexOf(suffix);
  if (binary >= 0) return { format: 'BinarySI', base: 2n, exponent: (binary + 1) * 10 };
  const scientific = /^[eE]([+-]?\d+)$/.exec(suffix);
  if (scientific === null) throw new QuantityError("unable to parse quantity's suffix");
  return { format: 'DecimalExponent', base: 10n, exponent: Number(scientific[1]) };
}

/** Divides rounding away from zero: a quantity is never less than what was asked for. */
function divideUp(value: bigint, divisor: bigint): bigint {
  const quotient = value / divisor;
  if (value % divisor === 0n) return quotient;
  return value < 0n ? quotient - 1n : quotient + 1n;
}

function scale(digits: bigint, fractionDigits: number, { base, exponent }: Suffix): bigint {
  const shift = Math.max(-400, Math.min(400, exponent));
  const factor = shift >= 0 ? base ** BigInt(shift) : 1n;
  const divisor = 10n ** BigInt(fractionDigits) * (shift < 0 ? base ** BigInt(-shift) : 1n);
  return divideUp(digits * NANO * factor, divisor);
}

/**
 * parseQuantity reads a quantity such as `500m`, `1.5Gi` or `1e3`; throws a QuantityError. More
 * than nine decimals are rounded up, binary amounts over 2^63-1 are capped, as upstream does.
 */
export function parseQuantity(text: string | number): Quantity {
  const input = String(text);
  if (input === '') throw wrongFormat();
  const parts = SPLIT.exec(input);
  if (parts === null) throw wrongFormat();
  const [, number = '', suffixText = ''] = parts;
  const numeric = /^([+-]?)(\d*)(?:\.(\d*))?$/.exec(number);
  if (numeric === null) throw wrongFormat();
  const [, sign, whole = '', fraction = ''] = numeric;
  if (whole === '' && fraction === '')
    throw new QuantityError('unable to parse numeric part of quantity');
  const suffix = parseSuffix(suffixText);
  const nano = scale(BigInt(`${whole}${fraction}`), fraction.length, suffix);
  const capped = suffix.format === 'BinarySI' && nano > MAX_NANO ? MAX_NANO : nano;
  return { nano: sign === '-' ? -capped : capped, format: suffix.format };
}

/** isQuantity tells whether a text is a quantity. */
export function isQuantity(text: string): boolean {
  try {
    parseQuantity(text);
    return true;
  } catch {
    return false;
  }
}

/** Takes factors out of a value; answers what is left and how often the factor was in it. */
function factorOut(value: bigint, factor: bigint): [bigint, number] {
  let [rest, times] = [value, 0];
  while (rest !== 0n && rest % factor === 0n) {
    rest /= factor;
    times += 1;
  }
  return [rest, times];
}

function decimalText(nano: bigint, suffix: (exponent: number) => string): string {
  const [digits, zeros] = factorOut(nano, 10n);
  const exponent = zeros - 9;
  const extra = ((exponent % 3) + 3) % 3;
  return `${digits * 10n ** BigInt(extra)}${suffix(exponent - extra)}`;
}

/** formatQuantity prints a quantity canonically: no fraction, the largest suffix that allows it. */
export function formatQuantity({ nano, format }: Quantity): string {
  if (nano === 0n) return '0';
  const small = nano > -1024n * NANO && nano < 1024n * NANO;
  if (format === 'BinarySI' && !small) {
    const [digits, times] = factorOut(divideUp(nano, NANO), 1024n);
    const used = Math.min(times, BINARY.length);
    return `${digits * 1024n ** BigInt(times - used)}${used === 0 ? '' : BINARY[used - 1]}`;
  }
  if (format === 'DecimalExponent')
    return decimalText(nano, (exponent) => (exponent === 0 ? '' : `e${exponent}`));
  return decimalText(nano, (exponent) => DECIMAL[exponent / 3 + 3] ?? `e${exponent}`);
}

/** canonicalQuantity is formatQuantity of parseQuantity; throws a QuantityError. */
export function canonicalQuantity(text: string | number): string {
  return formatQuantity(parseQuantity(text));
}

/** compareQuantities answers a negative number, zero or a positive number. */
export function compareQuantities(a: Quantity, b: Quantity): number {
  return a.nano < b.nano ? -1 : a.nano > b.nano ? 1 : 0;
}

/** addQuantities adds; the format of a quantity that is zero gives way to the other's. */
export function addQuantities(a: Quantity, b: Quantity): Quantity {
  return { nano: a.nano + b.nano, format: a.nano === 0n ? b.format : a.format };
}

/** subtractQuantities subtracts; the format of a quantity that is zero gives way to the other's. */
export function subtractQuantities(a: Quantity, b: Quantity): Quantity {
  return { nano: a.nano - b.nano, format: a.nano === 0n ? b.format : a.format };
}

/** ZERO_QUANTITY is nothing, in decimal format. */
export const ZERO_QUANTITY: Quantity = Object.freeze({ nano: 0n, format: 'DecimalSI' });

/** quantityValue is the amount in whole units (bytes, cores), rounded up. */
export function quantityValue(quantity: Quantity): number {
  return Number(divideUp(quantity.nano, NANO));
}

/** quantityMilliValue is the amount in thousandths (millicores), rounded up. */
export function quantityMilliValue(quantity: Quantity): number {
  return Number(divideUp(quantity.nano, 1_000_000n));
}
