import {
  addQuantities,
  compareQuantities,
  formatQuantity,
  isQuantity,
  parseQuantity,
  type Quantity,
  QuantityError,
  subtractQuantities,
} from '../../machinery/quantity.ts';
import { BOOL, type CelType, DOUBLE, INT, STRING, structType } from '../types/type.ts';
import { CelError } from '../values/errors.ts';
import { asInt, asKind, asString } from '../values/kinds.ts';
import { Opaque, type Value } from '../values/value.ts';
import { fn, method, type Overload } from './overload.ts';

const QUANTITY = structType('kubernetes.Quantity');
const NANO = 1_000_000_000n;

class QuantityValue extends Opaque {
  override readonly type = QUANTITY;
  readonly quantity: Quantity;

  constructor(quantity: Quantity) {
    super();
    this.quantity = quantity;
  }

  override equals(other: Opaque): boolean {
    return other instanceof QuantityValue && compareQuantities(this.quantity, other.quantity) === 0;
  }

  override toString(): string {
    return formatQuantity(this.quantity);
  }
}

function read(text: string): QuantityValue {
  try {
    return new QuantityValue(parseQuantity(text));
  } catch (error) {
    if (!(error instanceof QuantityError)) throw error;
    throw new CelError(error.message, { cause: error });
  }
}

type Arg = Value | undefined;
const of = (value: Arg): Quantity => asKind(QuantityValue, value).quantity;
const ofInt = (value: Arg): Quantity => ({ nano: asInt(value) * NANO, format: 'DecimalSI' });

function binary(
  name: string,
  id: string,
  result: CelType,
  run: (left: Quantity, right: Quantity) => Value,
): Overload {
  return method(name, id, {
    args: [QUANTITY, QUANTITY],
    result,
    run: (left, right) => run(of(left), of(right)),
  });
}

function sum(name: string, id: string, join: (left: Quantity, right: Quantity) => Quantity) {
  return [
    binary(name, id, QUANTITY, (left, right) => new QuantityValue(join(left, right))),
    method(name, `${id}_int`, {
      args: [QUANTITY, INT],
      result: QUANTITY,
      run: (left, right) => new QuantityValue(join(of(left), ofInt(right))),
    }),
  ];
}

function unary(name: string, id: string, result: CelType, run: (quantity: Quantity) => Value) {
  return method(name, id, { args: [QUANTITY], result, run: (quantity) => run(of(quantity)) });
}

function isWhole({ nano }: Quantity): boolean {
  return nano % NANO === 0n && BigInt.asIntN(64, nano / NANO) === nano / NANO;
}

function toInteger(quantity: Quantity): bigint {
  if (!isWhole(quantity)) throw new CelError('cannot convert value to integer');
  return quantity.nano / NANO;
}

/** QUANTITIES are the functions of amounts of resources. */
export const QUANTITIES = {
  types: [QUANTITY],
  overloads: [
    fn('quantity', 'string_to_quantity', {
      args: [STRING],
      result: QUANTITY,
      run: (text) => read(asString(text)),
    }),
    fn('isQuantity', 'is_quantity_string', {
      args: [STRING],
      result: BOOL,
      run: (text) => isQuantity(asString(text)),
    }),
    fn('sign', 'quantity_sign', {
      args: [QUANTITY],
      result: INT,
      run: (value) => {
        const { nano } = of(value);
        return nano > 0n ? 1n : nano < 0n ? -1n : 0n;
      },
    }),
    binary(
      'isGreaterThan',
      'quantity_is_greater_than',
      BOOL,
      (l, r) => compareQuantities(l, r) > 0,
    ),
    binary('isLessThan', 'quantity_is_less_than', BOOL, (l, r) => compareQuantities(l, r) < 0),
    binary('compareTo', 'quantity_compare_to', INT, (l, r) => BigInt(compareQuantities(l, r))),
    unary('asApproximateFloat', 'quantity_get_float', DOUBLE, ({ nano }) => Number(nano) / 1e9),
    unary('asInteger', 'quantity_get_int', INT, toInteger),
    unary('isInteger', 'quantity_is_integer', BOOL, isWhole),
    ...sum('add', 'quantity_add', addQuantities),
    ...sum('sub', 'quantity_sub', subtractQuantities),
  ] as readonly Overload[],
};
