import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  formatQuantity,
  parseQuantity,
  quantityMilliValue,
  quantityValue,
  subtractQuantities,
} from './quantity.ts';

describe('canonicalQuantity', () => {
  it.each([
    ['0', '0'],
    ['0.5', '500m'],
    ['1000m', '1'],
    ['1500m', '1500m'],
    ['1.5Gi', '1536Mi'],
    ['1024Mi', '1Gi'],
    ['1000Mi', '1000Mi'],
    ['512Ki', '512Ki'],
    ['100', '100'],
    ['1000', '1k'],
    ['1024', '1024'],
    ['0.5Ki', '512'],
    ['1e3', '1e3'],
    ['12e6', '12e6'],
    ['123e4', '1230e3'],
    ['1E', '1E'],
    ['.5', '500m'],
    ['5.', '5'],
    ['-1.5', '-1500m'],
    ['+2k', '2k'],
    ['0.0000000001', '1n'],
    ['1u', '1u'],
    ['3.3', '3300m'],
    ['10Ei', '9223372036854775807'],
    ['100000000000000000000', '100E'],
  ])('%s is %s', (text, expected) => {
    expect(canonicalQuantity(text)).toBe(expected);
  });

  it.each([
    ['', 'quantities must match the regular expression'],
    ['abc', 'quantities must match the regular expression'],
    ['1.2.3', 'quantities must match the regular expression'],
    ['1kk', "unable to parse quantity's suffix"],
    ['1e', "unable to parse quantity's suffix"],
    ['.', 'unable to parse numeric part of quantity'],
  ])('%s is refused', (text, message) => {
    expect(() => parseQuantity(text)).toThrow(message);
  });

  it('keeps the amount', () => {
    const suffix = fc.constantFrom('', 'm', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'e2', 'E3');
    fc.assert(
      fc.property(fc.integer({ min: -1e6, max: 1e6 }), suffix, (number, unit) => {
        const quantity = parseQuantity(`${number}${unit}`);
        const again = parseQuantity(formatQuantity(quantity));
        expect(compareQuantities(again, quantity)).toBe(0);
        expect(formatQuantity(again)).toBe(formatQuantity(quantity));
      }),
    );
  });
});

describe('arithmetic', () => {
  it('adds, subtracts and compares over formats', () => {
    const sum = addQuantities(parseQuantity('1Gi'), parseQuantity('512Mi'));
    expect(formatQuantity(sum)).toBe('1536Mi');
    expect(formatQuantity(subtractQuantities(parseQuantity('1'), parseQuantity('250m')))).toBe(
      '750m',
    );
    expect(compareQuantities(parseQuantity('1G'), parseQuantity('1Gi'))).toBe(-1);
  });

  it('rounds up', () => {
    expect(quantityValue(parseQuantity('1500m'))).toBe(2);
    expect(quantityMilliValue(parseQuantity('1500u'))).toBe(2);
    expect(quantityValue(parseQuantity('1Gi'))).toBe(1073741824);
  });
});
