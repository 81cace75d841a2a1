import { describe, expect, it } from 'vitest';
import type { AuthorizerConfig } from './authorization-configuration.ts';
import { checkAuthorization } from './authorization-validation.ts';

const RBAC: AuthorizerConfig = { type: 'RBAC', name: 'rbac' };
const webhook = (more: object = {}): AuthorizerConfig => ({
  type: 'Webhook',
  name: 'hook',
  webhook: {
    timeout: '3s',
    subjectAccessReviewVersion: 'v1',
    failurePolicy: 'Deny',
    matchConditionSubjectAccessReviewVersion: 'v1',
    connectionInfo: { type: 'KubeConfigFile', kubeConfigFile: import.meta.filename },
    ...more,
  },
});

describe('checkAuthorization', () => {
  it('reads durations, fills in what is left out and compiles conditions', () => {
    const conditions = [{ expression: "request.user != 'x'" }];
    const [, checked] = checkAuthorization({
      authorizers: [RBAC, webhook({ unauthorizedTTL: '1m', matchConditions: conditions })],
    });
    expect(checked).toMatchObject({
      type: 'Webhook',
      webhook: {
        timeoutMs: 3000,
        authorizedTtlMs: 300_000,
        unauthorizedTtlMs: 60_000,
        version: 'v1',
        deniesOnError: true,
      },
    });
    expect(checked?.webhook?.conditions[0]?.run({ user: 'y' })).toBe(true);
  });

  it('does not remember what it is told not to', () => {
    const [checked] = checkAuthorization({
      authorizers: [webhook({ cacheAuthorizedRequests: false })],
    });
    expect(checked?.webhook).toMatchObject({ authorizedTtlMs: 0, unauthorizedTtlMs: 30_000 });
  });

  it.each<[string, readonly AuthorizerConfig[], string]>([
    ['nothing', [], 'authorizers: Required value: at least one authorization mode must be defined'],
    ['no type', [{ name: 'x' }], 'authorizers[0].type: Required value'],
    [
      'an unknown type',
      [{ type: 'X', name: 'x' }],
      'authorizers[0].type: Unsupported value: "X": supported values: "ABAC", "AlwaysAllow", "AlwaysDeny", "Node", "RBAC", "Webhook"',
    ],
    ['a type twice', [RBAC, RBAC], 'authorizers[1].type: Duplicate value: "RBAC"'],
    ['a name twice', [webhook(), webhook()], 'authorizers[1].name: Duplicate value: "hook"'],
    [
      'another name than its type has',
      [{ type: 'RBAC', name: 'x' }],
      'expected name rbac for authorizer RBAC instead of x',
    ],
    [
      'a webhook that is none',
      [{ ...RBAC, webhook: {} }],
      'authorizers[0].webhook: Invalid value: "non-null": may only be specified when type=Webhook',
    ],
    [
      'a long timeout',
      [webhook({ timeout: '1m' })],
      'authorizers[0].timeout: Invalid value: "1m": must be > 0s and <= 30s',
    ],
    [
      'a missing file',
      [webhook({ connectionInfo: { type: 'KubeConfigFile', kubeConfigFile: '/nowhere' } })],
      'authorizers[0].connectionInfo.kubeConfigFile: Invalid value: "/nowhere": error loading file: stat /nowhere: no such file or directory',
    ],
    [
      'a condition that is none',
      [webhook({ matchConditions: [{ expression: 'request.user' }] })],
      'authorizers[0].matchConditions[0].expression: Invalid value: "request.user": must evaluate to bool but got string',
    ],
    [
      'conditions of an unknown version',
      [webhook({ matchConditionSubjectAccessReviewVersion: 'v2' })],
      'authorizers[0].matchConditionSubjectAccessReviewVersion: Unsupported value: "v2": supported values: "v1"',
    ],
  ])('refuses %s', (_what, authorizers, text) => {
    expect(() => checkAuthorization({ authorizers })).toThrow(text);
  });

  it('demands what was there when the server started', () => {
    expect(() => checkAuthorization({ authorizers: [RBAC] }, ['RBAC', 'Node'])).toThrow(
      'missing required types: [Node]',
    );
  });
});
