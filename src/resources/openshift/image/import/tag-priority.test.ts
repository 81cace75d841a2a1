import { expect, test } from 'vitest';
import { prioritizeTags } from './tag-priority.ts';

const cases: [what: string, tags: string[], order: string[]][] = [
  ['latest first', ['other', 'latest', '1.0'], ['latest', '1.0', 'other']],
  [
    'minor versions before full ones, the newest first',
    ['5.1.3', '5.0', '5.1', '5.10'],
    ['5.10', '5.1', '5.0', '5.1.3'],
  ],
  ['a v is a version too', ['v1.2', '1.1', 'v1.10'], ['v1.10', 'v1.2', '1.1']],
  [
    'a release before its candidates',
    ['5.1.3-rc1', '5.1.3', '5.1.3-rc.2'],
    ['5.1.3', '5.1.3-rc1', '5.1.3-rc.2'],
  ],
  ['a minor version with a patch name', ['5.1-rc1', '5.1', '5.0'], ['5.1', '5.1-rc1', '5.0']],
  ['the rest by name', ['stable', 'edge', '01.2'], ['01.2', 'edge', 'stable']],
  ['equal versions by prefix', ['v1.0', '1.0'], ['1.0', 'v1.0']],
];
test.each(cases)('%s', (_what, tags, order) => {
  expect(prioritizeTags(tags)).toEqual(order);
  expect(prioritizeTags([...tags].reverse())).toEqual(order);
});
