import { expect, it } from 'vitest';
import { goNumber } from './go-number.ts';

it.each([
  [0.5, '0.5'],
  [100, '100'],
  [1_000_000, '1e+06'],
  [0.00001, '1e-05'],
  [-2.5, '-2.5'],
  [1_234_567, '1.234567e+06'],
  [Number.POSITIVE_INFINITY, '+Inf'],
  [0, '0'],
])('writes %d as Go does', (value, expected) => {
  expect(goNumber(value)).toBe(expected);
});
