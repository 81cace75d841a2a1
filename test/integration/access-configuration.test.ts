import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import type { ApiFlags } from '../../src/cmd/platform/api-flags.ts';
import type { ControlPlane } from '../../src/cmd/server/control-plane.ts';
import { type IdentityServer, startIdentityServer } from './support/identity-server.ts';
import { tokenKubeconfig } from './support/kubeconfigs.ts';
import { startTestPlane, type TestPlane } from './support/test-plane.ts';

let directory: string;
let identity: IdentityServer;
let planes: ControlPlane[];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sampan-identity-'));
  identity = await startIdentityServer();
  planes = [];
});

afterAll(async () => {
  await Promise.all(planes.map((one) => one.close()));
  await identity.close();
  await rm(directory, { recursive: true, force: true });
});

async function start(name: string, flags: ApiFlags): Promise<TestPlane> {
  const running = await startTestPlane(join(directory, name), { flags });
  planes.push(running.plane);
  return running;
}

async function file(name: string, content: object): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, stringify(content));
  return path;
}

function kubeconfig(name: string, path: string): Promise<string> {
  const server = `${identity.url}${path}`;
  return file(name, JSON.parse(tokenKubeconfig(server, identity.caPem)));
}

interface Answer {
  readonly code: number;
  readonly text: string;
}

function get({ plane, port }: TestPlane, path: string, token?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = {
      port,
      host: '127.0.0.1',
      path,
      ca: plane.pki.authority.certPem,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    };
    request(options, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('end', () => resolve({ code: answer.statusCode ?? 0, text }));
    })
      .on('error', reject)
      .end();
  });
}

async function review({ plane }: TestPlane, token: string) {
  const verdict = await plane.access.reviewToken(token, []);
  return verdict.authenticated ? verdict.user : verdict.error;
}

const issuerConfig = () => ({
  issuer: {
    url: identity.url,
    audiences: ['app', 'other'],
    audienceMatchPolicy: 'MatchAny',
    certificateAuthority: identity.caPem,
  },
  claimValidationRules: [
    { claim: 'role', requiredValue: 'x' },
    {
      expression: 'claims.?email_verified.orValue(true) == true',
      message: 'email must be verified',
    },
  ],
  claimMappings: {
    username: { claim: 'sub', prefix: 'oidc:' },
    groups: { claim: 'groups', prefix: '' },
    uid: { expression: 'claims.sub + "-uid"' },
    extra: [{ key: 'example.com/tenant', valueExpression: 'claims.?tenant.orValue("")' }],
  },
  userValidationRules: [
    { expression: "!user.username.startsWith('oidc:system:')", message: 'no system users' },
  ],
});
const configuration = (more: object) => ({
  apiVersion: 'apiserver.config.k8s.io/v1',
  kind: 'AuthenticationConfiguration',
  anonymous: { enabled: true, conditions: [{ path: '/version' }] },
  ...more,
});

describe('--authentication-config', () => {
  let running: TestPlane;
  let path: string;

  beforeAll(async () => {
    path = await file('authentication.yaml', configuration({ jwt: [issuerConfig()] }));
    running = await start('configured', { '--authentication-config': path });
    const token = await identity.token({ sub: 'ann', role: 'x' });
    await vi.waitFor(async () => {
      expect(await review(running, token)).toMatchObject({ name: 'oidc:ann' });
    }, 60_000);
  });

  it.each(['RS256', 'ES256'] as const)(
    'makes a user of the claims of a token (%s)',
    async (alg) => {
      const claims = { sub: 'ann', role: 'x', groups: ['a', 'b'], tenant: 'acme', jti: 'j' };
      expect(await review(running, await identity.token(claims, alg))).toEqual({
        name: 'oidc:ann',
        uid: 'ann-uid',
        groups: ['a', 'b', 'system:authenticated'],
        extra: {
          'authentication.kubernetes.io/credential-id': ['JTI=j'],
          'example.com/tenant': ['acme'],
        },
      });
    },
  );

  it('gets groups from where the token says that they are', async () => {
    const claims = {
      sub: 'ann',
      role: 'x',
      _claim_names: { groups: 's' },
      _claim_sources: { s: { endpoint: `${identity.url}/groups` } },
    };
    expect(await review(running, await identity.token(claims))).toMatchObject({
      groups: ['from-afar', 'system:authenticated'],
    });
  });

  it.each<[string, object, string]>([
    ['of somebody else', { iss: 'https://elsewhere' }, 'invalid bearer token'],
    [
      'for somebody else',
      { aud: ['x', 'y'] },
      'oidc: verify token: oidc: expected audience in ["app" "other"] got ["x" "y"]',
    ],
    [
      'that has expired',
      { exp: 1_600_000_000 },
      'oidc: verify token: oidc: token is expired (Token Expiry: 2020-09-13 12:26:40 +0000 UTC)',
    ],
    [
      'without a required claim',
      { role: undefined },
      'oidc: required claim role not present in ID token',
    ],
    [
      'with another value',
      { role: 'y' },
      'oidc: required claim role value does not match. Got = y, want = x',
    ],
    [
      'whose claims break a rule',
      { email_verified: false },
      "oidc: error evaluating claim validation expression: validation expression 'claims.?email_verified.orValue(true) == true' failed: email must be verified",
    ],
    [
      'whose user breaks a rule',
      { sub: 'system:admin' },
      "oidc: error evaluating user info validation rule: validation expression '!user.username.startsWith('oidc:system:')' failed: no system users",
    ],
    ['without a name', { sub: undefined }, 'oidc: parse username claims "sub": claim not present'],
  ])('refuses a token %s', async (_what, claims, text) => {
    const token = await identity.token({ sub: 'ann', role: 'x', ...claims });
    expect(await review(running, token)).toContain(text);
  });

  it('refuses a forged token', async () => {
    expect(await review(running, await identity.forged({ sub: 'ann', role: 'x' }))).toBe(
      '[invalid bearer token, oidc: verify token: failed to verify signature: failed to verify id token signature]',
    );
  });

  it('serves anonymous requests only where it may', async () => {
    expect((await get(running, '/version')).code).toBe(200);
    expect((await get(running, '/api')).code).toBe(401);
  });

  it('follows the file, and keeps what it has where that is wrong', async () => {
    const token = await identity.token({ sub: 'ann', role: 'x' });
    await file('authentication.yaml', configuration({ jwt: [{ issuer: { url: 'http://x' } }] }));
    await new Promise((resolve) => setTimeout(resolve, 6000));
    expect(await review(running, token)).toMatchObject({ name: 'oidc:ann' });
    const changed = {
      ...issuerConfig(),
      claimMappings: { username: { expression: '"new:" + claims.sub' } },
    };
    await file('authentication.yaml', configuration({ jwt: [changed] }));
    await expect.poll(() => review(running, token)).toMatchObject({ name: 'new:ann' });
  }, 40_000);
});

it('takes an issuer from the --oidc-* flags', async () => {
  const ca = join(directory, 'issuer-ca.pem');
  await writeFile(ca, identity.caPem);
  const running = await start('flags', {
    '--oidc-issuer-url': identity.url,
    '--oidc-client-id': 'app',
    '--oidc-ca-file': ca,
    '--oidc-groups-claim': 'groups',
    '--oidc-groups-prefix': 'g:',
    '--oidc-required-claim': 'a=1\nb=2=3',
  });
  const token = await identity.token({ sub: 'ann', groups: 'solo', a: '1', b: '2=3' });
  await expect
    .poll(() => review(running, token))
    .toMatchObject({
      name: `${identity.url}#ann`,
      groups: ['g:solo', 'system:authenticated'],
    });
  expect(await review(running, await identity.token({ sub: 'ann' }, 'ES256'))).toContain(
    'oidc: id token signed with unsupported algorithm, expected ["RS256"] got "ES256"',
  );
});

describe('webhooks', () => {
  let running: TestPlane;

  beforeAll(async () => {
    identity.answer = (path, { spec }) => {
      if (path === '/tokens') {
        const { token } = spec;
        if (token === 'unwell') return undefined;
        const user = { username: String(token), uid: '7', groups: ['g'], extra: { k: ['v'] } };
        return String(token).startsWith('known') ? { authenticated: true, user } : {};
      }
      const { user } = spec;
      if (user === 'broken') return undefined;
      if (user === 'known-denied') return { allowed: false, denied: true, reason: 'never' };
      return { allowed: user === 'known-allowed', reason: 'the hook says so' };
    };
    const webhook = {
      timeout: '3s',
      subjectAccessReviewVersion: 'v1',
      matchConditionSubjectAccessReviewVersion: 'v1',
      failurePolicy: 'NoOpinion',
      connectionInfo: {
        type: 'KubeConfigFile',
        kubeConfigFile: await kubeconfig('access.kubeconfig', '/access'),
      },
      matchConditions: [{ expression: "request.user != 'known-skipped'" }],
    };
    running = await start('hooks', {
      '--authentication-token-webhook-config-file': await kubeconfig(
        'tokens.kubeconfig',
        '/tokens',
      ),
      '--authentication-token-webhook-version': 'v1',
      '--authorization-config': await file('authorization.yaml', {
        apiVersion: 'apiserver.config.k8s.io/v1',
        kind: 'AuthorizationConfiguration',
        authorizers: [
          { type: 'Webhook', name: 'hook', webhook },
          { type: 'Node', name: 'node' },
          { type: 'RBAC', name: 'rbac' },
        ],
      }),
    });
  });

  const PODS = '/api/v1/namespaces/default/pods?labelSelector=a%3Db';

  it('find out whose a token is and what its owner may', async () => {
    identity.asked.length = 0;
    expect((await get(running, PODS, 'known-allowed')).code).toBe(200);
    expect((await get(running, PODS, 'known-allowed')).code).toBe(200);
    expect(identity.asked).toEqual([
      expect.objectContaining({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview' }),
      {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        metadata: {},
        spec: {
          resourceAttributes: {
            namespace: 'default',
            verb: 'list',
            version: 'v1',
            resource: 'pods',
            labelSelector: { requirements: [{ key: 'a', operator: 'In', values: ['b'] }] },
          },
          user: 'known-allowed',
          groups: ['g', 'system:authenticated'],
          extra: { k: ['v'] },
          uid: '7',
        },
        status: { allowed: false },
      },
    ]);
  });

  it('refuse, with their reasons', async () => {
    const denied = JSON.parse((await get(running, PODS, 'known-denied')).text);
    expect(denied).toMatchObject({ code: 403, message: expect.stringMatching(/: never$/) });
    const unsure = JSON.parse((await get(running, PODS, 'known-other')).text);
    expect(unsure).toMatchObject({
      code: 403,
      message: expect.stringMatching(/: the hook says so$/),
    });
    expect((await get(running, PODS, 'nobody')).code).toBe(401);
    expect((await get(running, PODS, 'unwell')).code).toBe(401);
  });

  it('are not asked where their conditions do not hold', async () => {
    identity.asked.length = 0;
    expect((await get(running, PODS, 'known-skipped')).code).toBe(403);
    expect(identity.asked.map(({ kind }) => kind)).toEqual(['TokenReview']);
  });

  it('that do not answer leave it to others, and are told in reviews', async () => {
    const decide = async (user: string) => {
      const question = {
        user: { name: user, groups: [] },
        verb: 'get',
        group: '',
        version: 'v1',
        resource: 'pods',
        subresource: '',
        name: '',
        namespace: 'default',
      };
      const { authorizer } = running.plane.access;
      return authorizer.authorize(question);
    };
    expect(await decide('broken')).toEqual({ allowed: false, error: 'unknown' });
    const metrics = (await get(running, '/metrics', 'known-allowed')).text;
    expect(metrics).toContain(
      'apiserver_authorization_webhook_evaluations_fail_open_total{name="hook",result="error"} 1',
    );
    expect(metrics).toMatch(
      /apiserver_authorization_decisions_total\{type="Webhook",name="hook",decision="denied"\} 1/,
    );
  });
});

it.each<[string, ApiFlags, string]>([
  ['an unknown mode', { '--authorization-mode': 'Magic' }, '"Magic" is not a valid mode'],
  ['half of OpenID', { '--oidc-client-id': 'x' }, 'must be specified together'],
  [
    'a webhook without its mode',
    { '--authorization-webhook-config-file': '/x' },
    'cannot specify --authorization-webhook-config-file without mode Webhook',
  ],
])('does not start with %s', async (what, flags, text) => {
  await expect(start(what, flags)).rejects.toThrow(text);
});
