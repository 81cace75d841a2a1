import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CertificateSigningRequest } from '../../../apis/certificates.k8s.io/v1/types.ts';
import { CERTIFICATE_SIGNING_REQUESTS as CSRS } from '../../../apis/resource-types.ts';
import { type Harness, newHarness } from '../../../controller-kit/fake/harness.ts';
import { newApprovingController } from './approving-controller.ts';
import { newCertificateCleaner } from './cleaner-controller.ts';
import { newSigningController } from './signing-controller.ts';

/** A request of `O=system:nodes, CN=system:node:n1` without other names, and one of `CN=carol`. */
const NODE_REQUEST =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIc01JR1NBZ0VBTURBeEZUQVRCZ05WQkFvTURITjVjM1JsYlRwdWIyUmxjekVYTUJVR0ExVUVBd3dPYzNsegpkR1Z0T201dlpHVTZiakV3V1RBVEJnY3Foa2pPUFFJQkJnZ3Foa2pPUFFNQkJ3TkNBQVR6TWt4czRZVTN5K2EvCjI4Wjk1eWZKRWc0VUF2ZEFYZG5mTEtYcTNiaHFFSHNiRkxGZm1tQzB5UndDb1BUT0owRzZ2d3dKN1JJSUs5Q1kKNzFUWm84TGlvQUF3Q2dZSUtvWkl6ajBFQXdJRFNRQXdSZ0loQU9hMUMyajIxckxiMFhneERtUWw4OWtBK2VTRgo0ejFIdjdvaGJOZVNhaUc4QWlFQTZxRklpL2xUUGRsUnRiQ2JuOEF3N1JCYmwxMkcxa1NkeXFBT2M5N0NqSlU9Ci0tLS0tRU5EIENFUlRJRklDQVRFIFJFUVVFU1QtLS0tLQo=';
const CAROL_REQUEST =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIbU1JR09BZ0VBTUN3eEREQUtCZ05WQkFvTUEyUmxkakVNTUFvR0ExVUVDZ3dEYjNCek1RNHdEQVlEVlFRRApEQVZqWVhKdmJEQlpNQk1HQnlxR1NNNDlBZ0VHQ0NxR1NNNDlBd0VIQTBJQUJQTXlUR3poaFRmTDVyL2J4bjNuCko4a1NEaFFDOTBCZDJkOHNwZXJkdUdvUWV4c1VzVithWUxUSkhBS2c5TTRuUWJxL0RBbnRFZ2dyMEpqdlZObWoKd3VLZ0FEQUtCZ2dxaGtqT1BRUURBZ05IQURCRUFpQnhZbjZpMGlVclNsY1k2bHArMS9Pa1I2YTJReEhFNURCdQpJdjFwUEdndjZRSWdDNTJuNUErb3lWbnYvQi92ekxmaU1vdDVQZ2VMb1JGaS9iZ3p4dVZLOE93PQotLS0tLUVORCBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0K';

const csr = (
  name: string,
  over: Partial<CertificateSigningRequest['spec']>,
  ...conditions: string[]
): CertificateSigningRequest => ({
  apiVersion: 'certificates.k8s.io/v1',
  kind: 'CertificateSigningRequest',
  metadata: { name, uid: name, creationTimestamp: harness.clock.now().toISOString() },
  spec: {
    request: CAROL_REQUEST,
    signerName: 'kubernetes.io/kube-apiserver-client',
    usages: ['client auth'],
    username: 'system:node:n1',
    ...over,
  },
  status: {
    conditions: conditions.map((type) => ({
      type,
      status: 'True',
      lastUpdateTime: harness.clock.now().toISOString(),
    })),
  },
});
const NODE = {
  request: NODE_REQUEST,
  signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
  usages: ['client auth', 'digital signature'],
};

let harness: Harness;
beforeEach(() => {
  harness = newHarness();
});
afterEach(() => harness.stop());

const statusOf = async (name: string) => (await harness.client.get(CSRS, { name })).status;

describe('the signing controller', () => {
  const asked: object[] = [];
  const start = () =>
    harness.start(
      newSigningController(harness.deps, async (_request, options) => {
        asked.push(options);
        return 'c2lnbmVk';
      }),
    );

  it('signs what was approved for a signer of Kubernetes, for as long as was asked', async () => {
    harness.client.add(
      CSRS,
      csr('pending', {}),
      csr('approved', { expirationSeconds: 3600 }, 'Approved'),
      csr('denied', {}, 'Denied'),
      csr('foreign', { signerName: 'example.com/own' }, 'Approved'),
      csr('node', NODE, 'Approved'),
    );
    await start();
    expect((await statusOf('approved'))?.certificate).toBe('c2lnbmVk');
    expect((await statusOf('node'))?.certificate).toBe('c2lnbmVk');
    for (const name of ['pending', 'denied', 'foreign'])
      expect((await statusOf(name))?.certificate).toBeUndefined();
    expect(asked).toEqual([
      { usages: ['client auth'], seconds: 3600 },
      { usages: NODE.usages, seconds: 31_536_000 },
    ]);
  });

  it.each<[string, Partial<CertificateSigningRequest['spec']>, string]>([
    ['a server', { usages: ['server auth'] }, 'invalid usage for client certificate: server auth'],
    [
      'no client',
      { usages: ['digital signature'] },
      'missing required usage for client certificate: client auth',
    ],
    ['no node', { ...NODE, request: CAROL_REQUEST }, 'subject organization is not system:nodes'],
    [
      'no names',
      { ...NODE, signerName: 'kubernetes.io/kubelet-serving' },
      'DNS or IP subjectAltName is required',
    ],
  ])('says why it does not sign: %s', async (_case, spec, message) => {
    harness.client.add(CSRS, csr('bad', spec, 'Approved'));
    await start();
    expect((await statusOf('bad'))?.conditions?.[1]).toMatchObject({
      type: 'Failed',
      reason: 'SignerValidationFailure',
      message,
    });
  });
});

describe('the approving controller', () => {
  it('approves nodes to who may make them', async () => {
    const client = harness.client;
    const create = client.create.bind(client);
    client.create = (async (type, object, options) => {
      if (type.kind !== 'SubjectAccessReview') return create(type, object, options);
      const { user, resourceAttributes } = (
        object as unknown as { spec: { user: string; resourceAttributes: { subresource: string } } }
      ).spec;
      const may = { 'system:node:n1': 'selfnodeclient', bootstrap: 'nodeclient' }[user];
      return { ...object, status: { allowed: may === resourceAttributes.subresource } };
    }) as typeof client.create;
    harness.client.add(
      CSRS,
      csr('self', NODE),
      csr('bootstrap', { ...NODE, username: 'bootstrap' }),
      csr('stranger', { ...NODE, username: 'joe' }),
      csr('client', {}),
    );
    await harness.start(newApprovingController(harness.deps));
    const messageOf = async (name: string) => (await statusOf(name))?.conditions?.[0]?.message;
    expect(await messageOf('self')).toContain('Auto approving self kubelet client certificate');
    expect(await messageOf('bootstrap')).toContain('Auto approving kubelet client certificate');
    expect(await messageOf('stranger')).toBeUndefined();
    expect(await messageOf('client')).toBeUndefined();
  });
});

describe('the cleaner', () => {
  it('removes what was decided an hour ago, and what nobody decided on for a day', async () => {
    harness.client.add(CSRS, csr('pending', {}), csr('approved', {}, 'Approved'));
    await harness.start(newCertificateCleaner(harness.deps));
    const names = () => harness.client.all(CSRS).map((one) => one.metadata.name);
    expect(names()).toEqual(['approved', 'pending']);
    await harness.advance(60 * 60 * 1000 + 1);
    expect(names()).toEqual(['pending']);
    await harness.advance(23 * 60 * 60 * 1000);
    expect(names()).toEqual([]);
  });
});
