import { describe, expect, it } from 'vitest';
import type { ImageInfo } from '../../engine/engine.ts';
import { isLeftBehind, ownReferences } from './own-images.ts';

const owner = { instance: 'abc', registryAddress: '127.0.0.1:5000' };
const recipe = { 'io.sampan.recipe': 'hash' };

function image(
  repoTags: string[],
  labels: Record<string, string> = {},
  repoDigests: string[] = [],
) {
  return { id: 'sha256:1', repoTags, repoDigests, config: { labels } } as unknown as ImageInfo;
}

describe('ownReferences', () => {
  it.each([
    [
      'a builder',
      image(['sampan/ruby:3.1', '127.0.0.1:5000/openshift/ruby:3.1'], recipe),
      ['sampan/ruby:3.1', '127.0.0.1:5000/openshift/ruby:3.1'],
    ],
    ['a build', image(['127.0.0.1:5000/p1/web:latest'], recipe), ['127.0.0.1:5000/p1/web:latest']],
    ['a build whose tag moved on', image([], recipe), ['sha256:1']],
    [
      'a pulled image of the registry without a tag',
      image([], {}, ['127.0.0.1:5000/p1/web@sha256:2']),
      ['sha256:1'],
    ],
    [
      'the sandbox image of this installation',
      image(['sampan.local/abc/pause:1']),
      ['sampan.local/abc/pause:1'],
    ],
    ['the sandbox image of another installation', image(['sampan.local/xyz/pause:1']), []],
    ["somebody's image on our builder", image(['mine/app:1'], recipe), []],
    [
      "somebody's name beside ours",
      image(['mine/ruby:1', 'sampan/ruby:3.1'], recipe),
      ['sampan/ruby:3.1'],
    ],
    ["somebody's image without a tag", image([], {}, ['docker.io/library/x@sha256:3']), []],
    ['an image of another registry', image(['127.0.0.1:5001/p1/web:latest']), []],
  ])('%s', (_case, one, expected) => expect(ownReferences(one, owner)).toEqual(expected));
});

describe('isLeftBehind', () => {
  it('is true only without a name', () => {
    expect(isLeftBehind(image([], recipe), owner)).toBe(true);
    expect(isLeftBehind(image(['127.0.0.1:5000/p1/web:latest'], recipe), owner)).toBe(false);
    expect(isLeftBehind(image([]), owner)).toBe(false);
  });
});
