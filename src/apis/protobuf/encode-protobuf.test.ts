import { describe, expect, it } from 'vitest';
import { decodeProtobuf } from './decode-protobuf.ts';
import { encodeEnvelope, encodeMessage, encodeWatchEvent } from './encode-protobuf.ts';

const CORE = 'io.k8s.api.core.v1';
const hex = (definition: string, value: object) => encodeMessage(definition, value).toString('hex');

describe('encodeMessage', () => {
  it('writes what has no pointer even where it is empty', () => {
    expect(hex(`${CORE}.LocalObjectReference`, {})).toBe('0a00');
    expect(hex(`${CORE}.SecretKeySelector`, { key: 'k' })).toBe('0a020a0012016b');
  });

  it.each([
    [
      'negative numbers in ten bytes',
      `${CORE}.Toleration`,
      { tolerationSeconds: -1 },
      '0a0012001a00220028ffffffffffffffffff01',
    ],
    ['zero behind a pointer', `${CORE}.SecretKeySelector`, { optional: false }, '0a020a0012001800'],
  ])('writes %s', (_what, definition, value, bytes) => {
    expect(hex(definition, value)).toBe(bytes);
  });

  it('sorts the entries of maps', () => {
    expect(hex(`${CORE}.ConfigMap`, { data: { b: '2', a: '1' } })).toBe(
      hex(`${CORE}.ConfigMap`, { data: { a: '1', b: '2' } }),
    );
  });

  it('writes a time without a value as an empty message', () => {
    expect(hex(`${CORE}.ContainerStateRunning`, { startedAt: null })).toBe('0a00');
    expect(hex(`${CORE}.ContainerStateRunning`, { startedAt: '1970-01-01T00:00:01Z' })).toBe(
      '0a0408011000',
    );
  });
});

const PROBE = { httpGet: { path: '/', port: 'web' }, periodSeconds: 200 };
const POD = {
  metadata: {
    name: 'web',
    creationTimestamp: '2026-01-02T03:04:05Z',
    labels: { a: '1' },
    managedFields: [{ manager: 'm', fieldsV1: { 'f:spec': { 'f:x': {} } } }],
  },
  spec: {
    volumes: [{ name: 'v', emptyDir: { sizeLimit: '1Gi' } }],
    containers: [
      {
        name: 'c',
        image: 'i'.repeat(300),
        ports: [{ containerPort: 65535 }],
        resources: { limits: { cpu: '500m' } },
        livenessProbe: PROBE,
        securityContext: { runAsUser: 0 },
      },
    ],
    activeDeadlineSeconds: 2 ** 40,
  },
};

const CASES: readonly (readonly [string, string, string, object])[] = [
  ['v1', 'Pod', `${CORE}.Pod`, POD],
  ['v1', 'Secret', `${CORE}.Secret`, { metadata: { name: 's' }, data: { a: 'AAECAw==' } }],
  [
    'apiextensions.k8s.io/v1',
    'CustomResourceDefinition',
    'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition',
    {
      metadata: { name: 'c' },
      spec: {
        versions: [
          {
            name: 'v1',
            schema: {
              openAPIV3Schema: {
                type: 'object',
                properties: {
                  open: { type: 'object', additionalProperties: true },
                  list: { type: 'array', items: { type: 'number', maximum: 1.5 } },
                  size: { type: 'integer', default: 3, enum: [1, 'x'] },
                },
              },
            },
            subresources: { status: {} },
          },
        ],
      },
    },
  ],
  [
    'authentication.k8s.io/v1',
    'TokenReview',
    'io.k8s.api.authentication.v1.TokenReview',
    { status: { authenticated: true, user: { username: 'u', extra: { k: ['a', 'b'] } } } },
  ],
];

describe('encodeEnvelope', () => {
  it.each(CASES)('writes %s %s so that it is read as it was', (apiVersion, kind, name, value) => {
    const message = [encodeMessage(name, value)];
    const bytes = Buffer.concat(encodeEnvelope({ apiVersion, kind }, message));
    expect(decodeProtobuf(name, bytes)).toMatchObject({ apiVersion, kind, ...value });
  });
});

describe('encodeWatchEvent', () => {
  it('puts the length of an event before it', () => {
    const event = encodeWatchEvent('ADDED', [Buffer.from('ab'), Buffer.from('c')]);
    expect(event.readUInt32BE()).toBe(event.length - 4);
    expect(event.subarray(4).toString('hex')).toBe('0a054144444544' + '1205' + '0a03616263');
  });
});
