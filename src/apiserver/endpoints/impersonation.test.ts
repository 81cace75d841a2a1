import { describe, expect, it } from 'vitest';
import type { AuthorizationAttributes } from '../contracts.ts';
import { effectiveUser } from './impersonation.ts';

const ADMIN = { name: 'admin', groups: ['ops'] };

async function asks(headers: Record<string, string | string[]>) {
  const asked: string[] = [];
  const authorize = (one: AuthorizationAttributes) => {
    const { group, resource, subresource, name, namespace, verb } = one;
    asked.push([verb, group, resource, subresource, namespace, name].join('|'));
    return { allowed: true };
  };
  return { user: await effectiveUser({ authorize }, ADMIN, headers), asked };
}

describe('effectiveUser', () => {
  it.each([
    [{}, ADMIN],
    [{ 'impersonate-user': 'a' }, { name: 'a', groups: ['system:authenticated'], extra: {} }],
    [
      { 'impersonate-user': 'a', 'impersonate-group': ['CN=x,OU=y', 'z'] },
      { name: 'a', groups: ['CN=x,OU=y', 'z', 'system:authenticated'], extra: {} },
    ],
    [
      { 'impersonate-user': 'system:anonymous' },
      { name: 'system:anonymous', groups: ['system:unauthenticated'], extra: {} },
    ],
    [
      { 'impersonate-user': 'system:serviceaccount:p:b' },
      {
        name: 'system:serviceaccount:p:b',
        groups: ['system:serviceaccounts', 'system:serviceaccounts:p', 'system:authenticated'],
        extra: {},
      },
    ],
    [
      { 'impersonate-user': 'a', 'impersonate-uid': '7', 'impersonate-extra-k%2fx': ['v', 'w'] },
      { name: 'a', uid: '7', groups: ['system:authenticated'], extra: { 'k/x': ['v', 'w'] } },
    ],
  ])('%j', async (headers, user) => {
    expect((await asks(headers as Record<string, string | string[]>)).user).toEqual(user);
  });

  it('asks for every part of the other user', async () => {
    const headers = {
      'impersonate-user': 'a',
      'impersonate-group': 'g',
      'impersonate-uid': '7',
      'impersonate-extra-scope': ['r', 'w'],
    };
    expect((await asks(headers)).asked).toEqual([
      'impersonate||users|||a',
      'impersonate||groups|||g',
      'impersonate|authentication.k8s.io|userextras|scope||r',
      'impersonate|authentication.k8s.io|userextras|scope||w',
      'impersonate|authentication.k8s.io|uids|||7',
    ]);
    const account = { 'impersonate-user': 'system:serviceaccount:p:b' };
    expect((await asks(account)).asked).toEqual(['impersonate||serviceaccounts||p|b']);
  });

  it('wants a user', async () => {
    await expect(asks({ 'impersonate-group': 'g' })).rejects.toMatchObject({
      code: 400,
      message: 'requested [{Group  g    }] without impersonating a user',
    });
  });
});
