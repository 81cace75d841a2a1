import { describe, expect, it } from 'vitest';
import type { ImageInfo } from '../../engine/engine.ts';
import { aContainer } from '../fake/pod-fixture.ts';
import { credentialsOf, matchingCredentials } from './credentials.ts';
import { imageIdOf } from './image-puller.ts';
import { pullPolicyOf } from './pull-policy.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('pullPolicyOf', () => {
  it.each([
    ['app', 'Always'],
    ['app:latest', 'Always'],
    ['app:1', 'IfNotPresent'],
    ['localhost:5000/app', 'Always'],
    ['localhost:5000/app:2', 'IfNotPresent'],
    [`app@sha256:${'0'.repeat(64)}`, 'IfNotPresent'],
  ])('of %s is %s', (image, wanted) => {
    expect(pullPolicyOf(aContainer('main', { image }))).toBe(wanted);
  });
});

describe('credentials of pull secrets', () => {
  const auths = {
    'https://index.docker.io/v1/': { auth: base64('hub:pw') },
    'quay.io': { username: 'q', password: 'p:w' },
    'quay.io/team': { auth: base64('team:t') },
    '*.example.com:5000': { auth: base64('star:s') },
  };
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {},
    data: { '.dockerconfigjson': base64(JSON.stringify({ auths })) },
  };
  const names = (image: string) =>
    matchingCredentials(credentialsOf([secret]), image).map(({ username }) => username);

  it.each([
    ['docker.io/library/app:1', ['hub']],
    ['quay.io/team/app:1', ['team', 'q']],
    ['quay.io/teammate/app:1', ['q']],
    ['a.example.com:5000/app', ['star']],
    ['a.b.example.com:5000/app', []],
    ['gcr.io/app', []],
  ])('for %s are %j', (image, wanted) => {
    expect(names(image)).toEqual(wanted);
  });

  it('are read from the old form too', () => {
    const data = { '.dockercfg': base64(JSON.stringify({ 'reg:5000': { auth: base64('a:b') } })) };
    expect(credentialsOf([{ ...secret, data }])).toEqual([
      { server: 'reg:5000', username: 'a', password: 'b' },
    ]);
  });

  it('of a secret that is no JSON are none', () => {
    expect(credentialsOf([{ ...secret, data: { '.dockercfg': 'xx' } }])).toEqual([]);
  });
});

describe('imageIdOf', () => {
  const digest = `sha256:${'1'.repeat(64)}`;
  const info = {
    id: 'sha256:9',
    repoDigests: [`127.0.0.1:5000/ns/app@${digest}`],
  } as unknown as ImageInfo;

  it('names the image as the pod does, with the digest by which the engine has it', () => {
    expect(imageIdOf(info, 'registry.svc:5000/ns/app:1', ['127.0.0.1:5000/ns/app:1'])).toBe(
      `registry.svc:5000/ns/app@${digest}`,
    );
  });

  it('is the id of an image that came from no registry', () => {
    expect(imageIdOf({ ...info, repoDigests: [] }, 'app:1', ['app:1'])).toBe('sha256:9');
  });
});
