import { expect, it } from 'vitest';
import { rewriteGitUrl } from './git-config.ts';

it.each([
  ['https://github.com/openshift/ruby-ex.git', '/srv/ruby-ex.git'],
  ['https://github.com/other/x.git', 'http://mirror/other/x.git'],
  ['https://gitlab.com/x', 'https://gitlab.com/x'],
])('%s is rewritten by the longest beginning', (url, rewritten) => {
  const rewrites = [
    { from: 'https://github.com/', to: 'http://mirror/' },
    { from: 'https://github.com/openshift/', to: '/srv/' },
  ];
  expect(rewriteGitUrl(url, rewrites)).toBe(rewritten);
});
