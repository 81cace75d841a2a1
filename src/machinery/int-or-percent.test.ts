import { expect, it } from 'vitest';
import { type RollingBounds, rollingLimits } from './int-or-percent.ts';

it.each<[RollingBounds, number, number, number]>([
  [{ maxSurge: '25%', maxUnavailable: '25%' }, 10, 3, 2],
  [{ maxSurge: '25%', maxUnavailable: '25%' }, 1, 1, 0],
  [{ maxSurge: 2, maxUnavailable: '100%' }, 4, 2, 4],
  [{ maxSurge: 0, maxUnavailable: '10%' }, 4, 0, 1],
  [{}, 4, 0, 1],
])('%j of %i pods allows %i more and %i fewer', (bounds, desired, maxSurge, maxUnavailable) => {
  expect(rollingLimits(bounds, desired)).toEqual({ maxSurge, maxUnavailable });
});
