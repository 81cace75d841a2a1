import { describe, expect, it } from 'vitest';
import { compileJwt } from './jwt-validation.ts';

const ISSUER = { url: 'https://issuer', audiences: ['app'] };
const NAME = { claim: 'sub', prefix: '' };

function errorsOf(config: object): string[] {
  const base = { issuer: ISSUER, claimMappings: { username: NAME } };
  const { errors } = compileJwt({ ...base, ...config }, 'jwt[0]', ['https://own']);
  return errors.map(({ field, body }) => `${field.replace('jwt[0].', '')}: ${body}`);
}

describe('compileJwt', () => {
  it.each<[string, object, string[]]>([
    ['what is right', {}, []],
    [
      'the issuer of the server itself',
      { issuer: { ...ISSUER, url: 'https://own' } },
      [
        'issuer.url: Invalid value: "https://own": URL must not overlap with disallowed issuers: [https://own]',
      ],
    ],
    [
      'an issuer without TLS, with a query',
      { issuer: { ...ISSUER, url: 'http://issuer?a=b' } },
      [
        'issuer.url: Invalid value: "http://issuer?a=b": URL scheme must be https',
        'issuer.url: Invalid value: "http://issuer?a=b": URL must not contain a query',
      ],
    ],
    [
      'several audiences without a policy, and one twice',
      { issuer: { ...ISSUER, audiences: ['a', 'a'] } },
      [
        'issuer.audiences[1]: Duplicate value: "a"',
        'issuer.audienceMatchPolicy: Invalid value: "": audienceMatchPolicy must be MatchAny for multiple audiences',
      ],
    ],
    [
      'a claim without a prefix',
      { claimMappings: { username: { claim: 'sub' } } },
      [
        'claimMappings.username.prefix: Required value: prefix is required when claim is set. It can be set to an empty string to disable prefixing',
      ],
    ],
    [
      'no name',
      { claimMappings: {} },
      ['claimMappings.username: Required value: claim or expression is required'],
    ],
    [
      'a rule that is no condition',
      { claimValidationRules: [{ expression: 'claims.sub' }] },
      ['claimValidationRules[0].expression: Invalid value: "claims.sub": must evaluate to bool'],
    ],
    [
      'keys of Kubernetes',
      {
        claimMappings: {
          username: NAME,
          extra: [{ key: 'a.k8s.io/x', valueExpression: 'claims.x' }],
        },
      },
      [
        'claimMappings.extra[0].key: Invalid value: "a.k8s.io/x": k8s.io, kubernetes.io and their subdomains are reserved for Kubernetes use',
      ],
    ],
    [
      'an address that nobody verified',
      { claimMappings: { username: { expression: 'claims.email' } } },
      [
        'claimMappings.username.expression: Invalid value: "claims.email": claims.email_verified must be used in claimMappings.username.expression or claimMappings.extra[*].valueExpression or claimValidationRules[*].expression when claims.email is used in claimMappings.username.expression',
      ],
    ],
    [
      'one that a rule looks at, if optionally',
      {
        claimMappings: { username: { expression: 'claims.email' } },
        claimValidationRules: [{ expression: 'claims.?email_verified.orValue(false) == true' }],
      },
      [],
    ],
  ])('checks %s', (_what, config, errors) => {
    expect(errorsOf(config)).toEqual(errors);
  });
});
