import { describe, expect, it } from 'vitest';
import type { Volume } from './types.ts';
import { volumePathWarnings } from './volume-path-warnings.ts';

const item = (path: string) => ({ key: 'k', path });
const warningsOf = (volume: Omit<Volume, 'name'>) =>
  volumePathWarnings({ containers: [], volumes: [{ name: 'v', ...volume }] });

describe('volumePathWarnings', () => {
  it.each<[string, Omit<Volume, 'name'>, readonly string[]]>([
    [
      'two keys at one path',
      { configMap: { name: 'c', items: [item('a'), item('a/')] } },
      ['volume "v" (ConfigMap "c"): overlapping paths: "a" with "a"'],
    ],
    [
      'a file below another',
      { secret: { secretName: 's', items: [item('a'), item('a/b')] } },
      ['volume "v" (Secret "s"): overlapping paths: "a/b" with "a"'],
    ],
    ['paths that only begin alike', { configMap: { items: [item('a'), item('ab')] } }, []],
    [
      'sources of one projection',
      {
        projected: {
          sources: [
            { configMap: { name: 'c', items: [item('a')] } },
            { serviceAccountToken: { path: 'a' } },
          ],
        },
      },
      [
        'volume "v" (Projected): overlapping paths: "a" (ServiceAccountToken) with "a" (ConfigMap "c")',
      ],
    ],
    [
      'a projection of nothing',
      { projected: { sources: [{}] } },
      ['volume "v" (Projected) has no sources provided'],
    ],
  ])('names %s', (_what, volume, warnings) => {
    expect(warningsOf(volume)).toEqual(warnings);
  });
});
