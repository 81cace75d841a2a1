import { describe, expect, test } from 'vitest';
import { imageTagCells, tagsText, updatedText } from './columns.ts';
import { agoText, relativeDuration } from './relative-time.ts';
import type { ImageStream, ImageTag } from './types.ts';

describe('relativeDuration', () => {
  const [SECOND, MINUTE, HOUR] = [1000, 60_000, 3_600_000];
  const cases: [ms: number, text: string][] = [
    [-5 * SECOND, 'Less than a second'],
    [999, 'Less than a second'],
    [SECOND, '1 second'],
    [59 * SECOND, '59 seconds'],
    [MINUTE, 'About a minute'],
    [2 * MINUTE, '2 minutes'],
    [59.9 * MINUTE, '59 minutes'],
    [HOUR, 'About an hour'],
    [1.6 * HOUR, '2 hours'],
    [47 * HOUR, '47 hours'],
    [48 * HOUR, '2 days'],
    [14 * 24 * HOUR, '2 weeks'],
    [60 * 24 * HOUR, '2 months'],
    [3 * 365 * 24 * HOUR, '3 years'],
  ];
  test.each(cases)('%d ms', (ms, text) => {
    expect(relativeDuration(ms)).toBe(text);
  });

  test('no time is no text', () => {
    expect(agoText(undefined, new Date())).toBe('');
  });
});

describe('image streams', () => {
  const stream = (tags: readonly [tag: string, created: string][]): ImageStream => ({
    apiVersion: 'image.openshift.io/v1',
    kind: 'ImageStream',
    metadata: {},
    status: {
      tags: tags.map(([tag, created]) => ({
        tag,
        items: [{ created, dockerImageReference: '', image: '', generation: 1 }],
      })),
    },
  });

  test('the newest tag first', () => {
    const object = stream([
      ['1.0', '2026-01-01T00:00:00Z'],
      ['prod', '2026-01-01T00:00:50Z'],
    ]);
    expect(tagsText(object)).toBe('prod,1.0');
    expect(updatedText(object, new Date('2026-01-01T00:00:55Z'))).toBe('5 seconds ago');
  });

  test('many tags are cut where they fill the width', () => {
    const names = Array.from({ length: 20 }, (_, index) => `tag-${index + 10}`);
    const object = stream(names.map((name) => [name, '2026-01-01T00:00:00Z']));
    expect(tagsText(object)).toBe('tag-10,tag-11,tag-12,tag-13,tag-14 + 15 more...');
    expect(tagsText(stream([['x'.repeat(60), '2026-01-01T00:00:00Z']]))).toBe('x'.repeat(60));
  });
});

describe('image tags', () => {
  const image = `sha256:${'a'.repeat(64)}`;
  const event = (generation: number) => ({
    created: '2026-01-01T00:00:00Z',
    dockerImageReference: 'x',
    image,
    generation,
  });
  const docker = { kind: 'DockerImage', name: 'quay.io/a/b:1' };
  const tag = (spec: object | null, items: object[] = [], conditions?: object[]): ImageTag =>
    ({ metadata: {}, spec, status: { tag: 't', items, conditions } }) as unknown as ImageTag;
  const cases: [what: string, tag: ImageTag, spec: string, status: string][] = [
    ['pushed', tag(null, [event(1)]), 'Push', `image/${image}`],
    ['imported', tag({ from: docker, generation: 1 }, [event(1)]), 'Tag', `image/${image}`],
    ['importing', tag({ from: docker, generation: 2 }, [event(1)]), 'Tag', 'Importing'],
    [
      'scheduled',
      tag({ from: docker, importPolicy: { scheduled: true } }),
      'Scheduled',
      'quay.io/a/b:1',
    ],
    ['reference', tag({ from: docker, reference: true }), 'Ref', 'quay.io/a/b:1'],
    [
      'pushed over a tag',
      tag({ from: docker, generation: 1 }, [event(2)]),
      'Push',
      `image/${image}`,
    ],
    [
      'tracking',
      tag({ from: { kind: 'ImageStreamTag', name: 'latest' } }),
      'Track',
      'istag/latest',
    ],
    [
      'failed',
      tag({ from: docker }, [], [{ type: 'ImportSuccess', status: 'False', reason: 'NotFound' }]),
      'Tag',
      'ImportFailed (NotFound)',
    ],
  ];
  test.each(cases)('%s', (_what, object, spec, status) => {
    expect(imageTagCells(object)).toEqual({ spec, status });
  });
});
