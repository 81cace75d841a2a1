import { describe, expect, test } from 'vitest';
import type { Secret } from '../../../../apis/core/v1/types.ts';
import { keyringOf } from './credentials.ts';

function secret(type: string, key: string, content: unknown): Secret {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  const data = { [key]: Buffer.from(text).toString('base64') };
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, type, data };
}
const json = (auths: object) =>
  secret('kubernetes.io/dockerconfigjson', '.dockerconfigjson', { auths });
const auth = (pair: string) => ({ auth: Buffer.from(pair).toString('base64') });

describe('keyringOf', () => {
  const keyring = keyringOf([
    secret('kubernetes.io/dockercfg', '.dockercfg', { 'old.example.com': auth('old:p:w') }),
    json({
      'https://index.docker.io/v1/': auth('hub:pw'),
      'quay.io': auth('all:pw'),
      'quay.io/org': { username: 'org', password: 'pw' },
      'empty.example.com': {},
    }),
    secret('kubernetes.io/dockerconfigjson', '.dockerconfigjson', 'not JSON'),
  ]);
  const cases: [registry: string, repository: string, username: string | undefined][] = [
    ['docker.io', 'library/a', 'hub'],
    ['registry-1.docker.io', 'org/a', 'hub'],
    ['quay.io', 'org/a', 'org'],
    ['quay.io', 'organism/a', 'all'],
    ['old.example.com', 'a', 'old'],
    ['empty.example.com', 'a', undefined],
    ['other.example.com', 'a', undefined],
  ];
  test.each(cases)('%s/%s', (registry, repository, username) => {
    expect(keyring.find(registry, repository)?.username).toBe(username);
  });

  test('a password may contain colons', () => {
    expect(keyring.find('old.example.com', 'a')?.password).toBe('p:w');
  });
});
