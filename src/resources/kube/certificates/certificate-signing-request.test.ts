import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseCertificateRequest } from '../../../apis/certificates.k8s.io/v1/certificate-request.ts';
import type { CertificateSigningRequest } from '../../../apis/certificates.k8s.io/v1/types.ts';
import { CERTIFICATE_SIGNING_REQUESTS as CSRS } from '../../../apis/resource-types.ts';
import { newCertificateAuthority } from '../../../apiserver/access/certificate-authority.ts';
import { signRequest } from '../../../apiserver/access/sign-request.ts';
import {
  startTestApiServer,
  type TestApiServer,
} from '../../../apiserver/testing/test-api-server.ts';
import { certificateSigningRequestDefinition } from './certificate-signing-request.ts';

/** O=dev, O=ops, CN=carol. */
const CAROL =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIbU1JR09BZ0VBTUN3eEREQUtCZ05WQkFvTUEyUmxkakVNTUFvR0ExVUVDZ3dEYjNCek1RNHdEQVlEVlFRRApEQVZqWVhKdmJEQlpNQk1HQnlxR1NNNDlBZ0VHQ0NxR1NNNDlBd0VIQTBJQUJQTXlUR3poaFRmTDVyL2J4bjNuCko4a1NEaFFDOTBCZDJkOHNwZXJkdUdvUWV4c1VzVithWUxUSkhBS2c5TTRuUWJxL0RBbnRFZ2dyMEpqdlZObWoKd3VLZ0FEQUtCZ2dxaGtqT1BRUURBZ05IQURCRUFpQnhZbjZpMGlVclNsY1k2bHArMS9Pa1I2YTJReEhFNURCdQpJdjFwUEdndjZRSWdDNTJuNUErb3lWbnYvQi92ekxmaU1vdDVQZ2VMb1JGaS9iZ3p4dVZLOE93PQotLS0tLUVORCBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0K';
/** O=system:nodes, CN=system:node:n1, for DNS n1 and IP 10.0.0.1. */
const NODE =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlJQkVEQ0J1QUlCQURBd01SVXdFd1lEVlFRS0RBeHplWE4wWlcwNmJtOWtaWE14RnpBVkJnTlZCQU1NRG5ONQpjM1JsYlRwdWIyUmxPbTR4TUZrd0V3WUhLb1pJemowQ0FRWUlLb1pJemowREFRY0RRZ0FFOHpKTWJPR0ZOOHZtCnY5dkdmZWNueVJJT0ZBTDNRRjNaM3l5bDZ0MjRhaEI3R3hTeFg1cGd0TWtjQXFEMHppZEJ1cjhNQ2UwU0NDdlEKbU85VTJhUEM0cUFtTUNRR0NTcUdTSWIzRFFFSkRqRVhNQlV3RXdZRFZSMFJCQXd3Q29JQ2JqR0hCQW9BQUFFdwpDZ1lJS29aSXpqMEVBd0lEUndBd1JBSWdUZFNvVWZVVkt2WTJFWXZLQWc4TElaWjhBYUFxMCthdUhzN0hnRkZ5CnZlNENJRU8rRFoxWDltcjZWN2F1bGVYN0wvSyt2cE1BTkNyVW9CeTNFWlNZdEpJdgotLS0tLUVORCBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0K';

const csr = (over: Partial<CertificateSigningRequest['spec']> = {}): CertificateSigningRequest => ({
  apiVersion: 'certificates.k8s.io/v1',
  kind: 'CertificateSigningRequest',
  metadata: { name: 'c' },
  spec: {
    request: CAROL,
    signerName: 'kubernetes.io/kube-apiserver-client',
    usages: ['client auth'],
    username: 'somebody else',
    ...over,
  },
});

let server: TestApiServer;
beforeEach(async () => {
  server = await startTestApiServer([certificateSigningRequestDefinition]);
});
afterEach(() => server.close());

const client = () =>
  server.clientFor({ name: 'joe', uid: '7', groups: ['devs'], extra: { a: ['b'] } });
const decide = (object: CertificateSigningRequest, ...types: string[]) =>
  client().update(
    CSRS,
    {
      ...object,
      status: { ...object.status, conditions: types.map((type) => ({ type, status: 'True' })) },
    },
    { subresource: 'approval' },
  );

describe('parseCertificateRequest', () => {
  it('reads subject and alternative names', () => {
    expect(parseCertificateRequest(CAROL)).toMatchObject({
      commonName: 'carol',
      organizations: ['dev', 'ops'],
      dnsNames: [],
    });
    expect(parseCertificateRequest(NODE)).toMatchObject({
      commonName: 'system:node:n1',
      dnsNames: ['n1'],
      ipAddresses: ['10.0.0.1'],
    });
  });
});

describe('a certificate signing request', () => {
  it('is of who made it, and keeps what it asks for', async () => {
    const made = await client().create(CSRS, csr());
    const who = { username: 'joe', uid: '7', groups: ['devs'], extra: { a: ['b'] } };
    expect(made.spec).toMatchObject(who);
    const changed = { ...made, spec: { ...made.spec, usages: ['any'], username: 'admin' } };
    expect((await client().update(CSRS, changed)).spec).toEqual(made.spec);
  });

  it.each<[string, Partial<CertificateSigningRequest['spec']>, string]>([
    ['no PEM', { request: 'aGVsbG8=' }, 'PEM block type must be CERTIFICATE REQUEST'],
    [
      'a signer without a domain',
      { signerName: 'foo' },
      "must be a fully qualified domain and path of the form 'example.com/signer-name'",
    ],
    [
      'the legacy signer',
      { signerName: 'kubernetes.io/legacy-unknown' },
      'the legacy signerName is not allowed via this API version',
    ],
    ['an unknown usage', { usages: ['fun'] }, 'spec.usages[0]: Unsupported value: "fun"'],
    [
      'a short life',
      { expirationSeconds: 599 },
      'may not specify a duration less than 600 seconds',
    ],
  ])('is refused with %s', async (_case, spec, message) => {
    await expect(client().create(CSRS, csr(spec))).rejects.toMatchObject({
      code: 422,
      message: expect.stringContaining(message),
    });
  });

  it('is refused when the signature is of something else', async () => {
    const pem = Buffer.from(CAROL, 'base64').toString();
    const [, body = ''] = /-----\n([\s\S]+?)-----END/.exec(pem) ?? [];
    const der = Buffer.from(body, 'base64');
    der.write('karol', der.indexOf('carol'));
    const forged = `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
    const request = Buffer.from(forged).toString('base64');
    await expect(client().create(CSRS, csr({ request }))).rejects.toMatchObject({
      message: expect.stringContaining('x509: ECDSA verification failure'),
    });
  });

  it('is decided once, by its own subresource', async () => {
    const made = await client().create(CSRS, csr());
    await expect(decide(made, 'Approved', 'Denied')).rejects.toMatchObject({
      message: expect.stringContaining('Approved and Denied conditions are mutually exclusive'),
    });
    const annotations = { 'example.com/by': 'carol' };
    const noted = { ...made, metadata: { ...made.metadata, annotations } };
    const approved = await decide(noted, 'Approved');
    expect(approved.metadata.annotations).toEqual(annotations);
    expect(approved.status?.conditions).toEqual([
      {
        type: 'Approved',
        status: 'True',
        lastUpdateTime: expect.any(String),
        lastTransitionTime: expect.any(String),
      },
    ]);
    await expect(decide(approved, 'Denied')).rejects.toMatchObject({
      message: expect.stringContaining('updates may not remove a condition of type "Approved"'),
    });
    const conditions = [...(approved.status?.conditions ?? []), { type: 'Denied', status: 'True' }];
    await expect(
      client().updateStatus(CSRS, { ...approved, status: { conditions } }),
    ).rejects.toMatchObject({
      message: expect.stringContaining('updates may not add a condition of type "Denied"'),
    });
  });

  it('stays denied, and says of others who may ask for what', async () => {
    const made = await client().create(CSRS, csr());
    const denied = await decide(made, 'Denied');
    await expect(decide(denied)).rejects.toThrow(
      'status.conditions: Forbidden: updates may not remove a condition of type "Denied"',
    );
    await expect(client().create(CSRS, csr({ signerName: 'Ex.com/a' }))).rejects.toThrow(
      'spec.signerName: Invalid value: "Ex.com": validating label "Ex": a lowercase RFC 1123 label',
    );
  });

  it('gets its certificate once, and only a real one', async () => {
    const made = await client().create(CSRS, csr());
    const set = (certificate: string) =>
      client().updateStatus(CSRS, { ...made, metadata: { name: 'c' }, status: { certificate } });
    await expect(set('aGVsbG8=')).rejects.toMatchObject({
      message: expect.stringContaining('must contain at least one CERTIFICATE PEM block'),
    });
    const now = new Date();
    const authority = await newCertificateAuthority('ca', 1, now);
    const pem = Buffer.from(CAROL, 'base64').toString();
    const sign = async () =>
      Buffer.from(
        await signRequest(authority, pem, { usages: ['client auth'], seconds: 600, now }),
      ).toString('base64');
    expect((await set(await sign())).status?.certificate).toBeDefined();
    await expect(set(await sign())).rejects.toMatchObject({
      message: expect.stringContaining('updates may not modify existing certificate content'),
    });
  });
});
