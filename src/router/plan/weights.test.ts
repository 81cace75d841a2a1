import { describe, expect, it } from 'vitest';
import { weighServers } from './weights.ts';

const pods = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${prefix}${index}:80`);
const weights = (...services: [weight: number, pods: number][]) =>
  weighServers(
    services.map(([weight, count], index) => ({ weight, addresses: pods(`s${index}-`, count) })),
  ).map((one) => one.weight);

describe('weighServers', () => {
  it.each<[string, [number, number][], number[]]>([
    ['treats the pods of one service alike', [[100, 3]], [1, 1, 1]],
    [
      'shares between services, however many pods they have',
      [
        [75, 1],
        [25, 1],
      ],
      [100, 33],
    ],
    [
      'gives a service with more pods smaller weights',
      [
        [50, 1],
        [50, 2],
      ],
      [2, 1, 1],
    ],
    [
      'leaves out a service of weight 0',
      [
        [0, 2],
        [100, 1],
      ],
      [1],
    ],
    [
      'leaves out a service without pods',
      [
        [50, 0],
        [50, 1],
      ],
      [1],
    ],
    ['has nothing without pods', [[100, 0]], []],
    [
      'never rounds a share down to nothing',
      [
        [256, 1],
        [1, 100],
      ],
      [100, ...new Array(100).fill(1)],
    ],
  ])('%s', (_, services, expected) => {
    expect(weights(...services)).toEqual(expected);
  });
});
