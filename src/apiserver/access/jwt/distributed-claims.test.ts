import { expect, it } from 'vitest';
import { DistributedClaims } from './distributed-claims.ts';

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The token at an endpoint is of the issuer of the same name. */
function setUp() {
  const made: string[] = [];
  const claims = new DistributedClaims({
    claim: 'groups',
    client: { text: async (endpoint) => `${encoded({})}.${encoded({ iss: endpoint })}.none` },
    newVerifier(issuer) {
      made.push(issuer);
      return { discover: async () => undefined, verify: async () => ({ groups: [issuer] }) };
    },
  });
  const expand = (endpoint: string) =>
    claims.expand({ _claim_names: { groups: 'there' }, _claim_sources: { there: { endpoint } } });
  return { expand, made };
}

it('asks an issuer once where its keys are', async () => {
  const { expand, made } = setUp();
  expect(await expand('a')).toMatchObject({ groups: ['a'] });
  expect(await expand('a')).toMatchObject({ groups: ['a'] });
  expect(made).toEqual(['a']);
});

it('does not remember issuers without end, which tokens may name', async () => {
  const { expand, made } = setUp();
  for (let index = 0; index < 200; index += 1) await expand(`issuer-${index}`);
  await expand('issuer-0');
  expect(made.filter((one) => one === 'issuer-0')).toHaveLength(2);
});
