import { describe, expect, test } from 'vitest';
import {
  dockerClientDefaults,
  exactReference,
  isDigest,
  mostSpecific,
  parseImageReference,
  rewriteForEngine,
  sameReference,
  tryParseImageReference,
} from './image-reference.ts';

const DIGEST = `sha256:${'3c87c572822935df'.repeat(4)}`;

describe('parseImageReference', () => {
  const cases: [text: string, parts: [string, string, string, string, string]][] = [
    ['foo', ['', '', 'foo', '', '']],
    ['foo:tag', ['', '', 'foo', 'tag', '']],
    [`foo@${DIGEST}`, ['', '', 'foo', '', DIGEST]],
    [`foo:tag@${DIGEST}`, ['', '', 'foo', 'tag', DIGEST]],
    ['bar/foo', ['', 'bar', 'foo', '', '']],
    ['bar/foo/baz:tag', ['', 'bar', 'foo/baz', 'tag', '']],
    ['bar:5000/foo/baz', ['bar:5000', 'foo', 'baz', '', '']],
    ['bar:5000/baz', ['bar:5000', '', 'baz', '', '']],
    [`bar:5000/foo/baz@${DIGEST}`, ['bar:5000', 'foo', 'baz', '', DIGEST]],
    ['localhost/bar', ['localhost', '', 'bar', '', '']],
    ['docker.io/user/project/myapp', ['docker.io', 'user', 'project/myapp', '', '']],
    ['quay.io', ['quay.io', '', '', '', '']],
    ['localhost:5000', ['localhost:5000', '', '', '', '']],
    ['wildfly:15.0', ['', '', 'wildfly', '15.0', '']],
    [
      `bar:5000/${'a'.repeat(63)}/${'b'.repeat(182)}:tag`,
      ['bar:5000', 'a'.repeat(63), 'b'.repeat(182), 'tag', ''],
    ],
  ];
  test.each(cases)('%s', (text, [registry, namespace, name, tag, id]) => {
    expect(parseImageReference(text)).toEqual({ registry, namespace, name, tag, id });
  });

  const bad: [text: string, message: string][] = [
    ['', 'repository name must have at least one component'],
    ['registry:3000/integration/imageStream:success', 'repository name must be lowercase'],
    [
      `bar:5000/${'a'.repeat(63)}/${'b'.repeat(183)}:tag`,
      'repository name must not be more than 255 characters',
    ],
    ['https://bar:5000/foo/baz', 'invalid reference format'],
    ['registry.io/foo/bar/:Tag', 'invalid reference format'],
    ['abc@badid', 'invalid reference format'],
    [':tag', 'invalid reference format'],
    ['bar/foo/baz////biz', 'invalid reference format'],
    ['../../etc/passwd', 'invalid reference format'],
    ['a b', 'invalid reference format'],
    ['foo@sha256:00000000000000000000000000000001', 'invalid checksum digest format'],
    [`foo:${'t'.repeat(129)}`, 'invalid reference format'],
  ];
  test.each(bad)('refuses %j', (text, message) => {
    expect(() => parseImageReference(text)).toThrow(message);
    expect(tryParseImageReference(text)).toBeUndefined();
  });
});

describe('forms', () => {
  const forms: [text: string, exact: string, defaults: string][] = [
    ['foo:latest', 'foo:latest', 'docker.io/library/foo:latest'],
    ['bar/foo', 'bar/foo', 'docker.io/bar/foo:latest'],
    [
      'index.docker.io/library/foo:1',
      'index.docker.io/library/foo:1',
      'index.docker.io/library/foo:1',
    ],
    ['quay.io/foo', 'quay.io/foo', 'quay.io/foo:latest'],
    [`r:1/a/b:t@${DIGEST}`, `r:1/a/b@${DIGEST}`, `r:1/a/b@${DIGEST}`],
  ];
  test.each(forms)('%s', (text, exact, defaults) => {
    const parsed = parseImageReference(text);
    expect(exactReference(parsed)).toBe(exact);
    expect(exactReference(dockerClientDefaults(parsed))).toBe(defaults);
  });

  test('a digest beats a tag', () => {
    expect(mostSpecific(parseImageReference(`foo:t@${DIGEST}`)).tag).toBe('');
    expect(mostSpecific(parseImageReference('foo:t')).tag).toBe('t');
  });

  test('equality is after defaults', () => {
    const [a, b] = ['foo', 'docker.io/library/foo:latest'].map(parseImageReference);
    expect(a && b && sameReference(a, b)).toBe(true);
    expect(a && sameReference(a, parseImageReference('foo:2'))).toBe(false);
  });

  test('digests need their length', () => {
    expect(isDigest(DIGEST)).toBe(true);
    expect(isDigest(`sha512:${'a'.repeat(128)}`)).toBe(true);
    expect(isDigest(`sha256:${'a'.repeat(63)}`)).toBe(false);
    expect(isDigest(`md5:${'a'.repeat(32)}`)).toBe(false);
    expect(isDigest(DIGEST.toUpperCase())).toBe(false);
  });
});

describe('rewriteForEngine', () => {
  const internalRegistryHost = 'image-registry.openshift-image-registry.svc:5000';
  const names = {
    internalRegistryHost,
    engineRegistryHost: '127.0.0.1:5000',
    mirrors: [
      { source: 'centos', mirrors: ['unused.example.com'] },
      { source: 'docker.io', mirrors: ['hub.example.com/proxy'] },
      {
        source: 'docker.io/centos',
        mirrors: ['m1.example.com/c', `${internalRegistryHost}/openshift`],
      },
      {
        source: 'quay.io/org',
        mirrors: ['m2:5000/org'],
        mirrorSourcePolicy: 'NeverContactSource' as const,
      },
      { source: '*.corp.example.com', mirrors: ['m3:5000/all'] },
    ],
  };
  const cases: [reference: string, candidates: string[]][] = [
    [`${internalRegistryHost}/p1/app@${DIGEST}`, [`127.0.0.1:5000/p1/app@${DIGEST}`]],
    [`${internalRegistryHost}/p1/app`, ['127.0.0.1:5000/p1/app:latest']],
    [
      'centos/ruby-22-centos7',
      [
        'm1.example.com/c/ruby-22-centos7:latest',
        '127.0.0.1:5000/openshift/ruby-22-centos7:latest',
        'docker.io/centos/ruby-22-centos7:latest',
      ],
    ],
    ['centos:7', ['docker.io/library/centos:7']],
    ['centosx/a:1', ['hub.example.com/proxy/centosx/a:1', 'docker.io/centosx/a:1']],
    [
      `index.docker.io/library/a@${DIGEST}`,
      [`hub.example.com/proxy/library/a@${DIGEST}`, `index.docker.io/library/a@${DIGEST}`],
    ],
    ['quay.io/org/a:1', ['m2:5000/org/a:1']],
    ['quay.io/organism/a:1', ['quay.io/organism/a:1']],
    ['x.corp.example.com/a/b:1', ['m3:5000/all/a/b:1', 'x.corp.example.com/a/b:1']],
    ['other.example.com/a:1', ['other.example.com/a:1']],
  ];
  // A mirror that is only a host names no repository for `centos:7`, so it is left out.
  test.each(cases)('%s', (reference, candidates) => {
    expect(rewriteForEngine(reference, names)).toEqual(candidates);
  });
});

test('a long text that is no reference is refused at once', () => {
  const text = `image-registry.openshift-image-registry.svc:5000/${'a'.repeat(200)}@sha256:1`;
  expect(() => parseImageReference(text)).toThrow('invalid reference format');
});
