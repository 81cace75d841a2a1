import { describe, expect, it } from 'vitest';
import { parsePlatformConfig, readPlatformConfig } from './platform-config.ts';

describe('platform configuration', () => {
  it('reads rewrites and mirrors', () => {
    const text = `gitRewrites:
- {from: https://github.com/openshift/, to: /srv/git/}
imageMirrors:
- source: centos/ruby-22-centos7
  mirrors: [127.0.0.1:5000/openshift/ruby]
`;
    expect(parsePlatformConfig(text)).toEqual({
      gitRewrites: [{ from: 'https://github.com/openshift/', to: '/srv/git/' }],
      imageMirrors: [
        { source: 'centos/ruby-22-centos7', mirrors: ['127.0.0.1:5000/openshift/ruby'] },
      ],
    });
  });

  it('is empty without content', () => {
    expect(parsePlatformConfig('')).toEqual({ gitRewrites: [], imageMirrors: [] });
  });

  it.each([
    ['gitRewrites: x', 'gitRewrites: must be a list'],
    ['gitRewrites: [{from: a}]', 'gitRewrites[0].to: must be a text that is not empty'],
    ['imageMirrors: [{source: a}]', 'imageMirrors[0].mirrors: must be a list'],
    ['mirrors: []', 'mirrors: unknown field (known: gitRewrites, imageMirrors)'],
    ['- a', 'must be a mapping'],
  ])('refuses %s', (text, message) => {
    expect(() => parsePlatformConfig(text)).toThrow(message);
  });

  it('names a file that was asked for and is missing', async () => {
    await expect(readPlatformConfig({ SAMPAN_CONFIG: '/nonexistent/c.yaml' })).rejects.toThrow(
      '/nonexistent/c.yaml',
    );
  });
});
