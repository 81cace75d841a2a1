import { describe, expect, it } from 'vitest';
import { decodeProtobuf } from './decode-protobuf.ts';
import { ProtobufError } from './wire-reader.ts';

type Part = readonly [number: number, value: string | number | readonly Part[]];

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return [...bytes, rest];
}

/** message writes fields: numbers as varints, texts and nested messages with their length. */
function message(parts: readonly Part[]): number[] {
  return parts.flatMap(([number, value]) => {
    if (typeof value === 'number') return [...varint(number * 8), ...varint(value)];
    const bytes = typeof value === 'string' ? [...Buffer.from(value)] : message(value);
    return [...varint(number * 8 + 2), ...varint(bytes.length), ...bytes];
  });
}

function sent(kind: string, parts: readonly Part[]): Uint8Array {
  const unknown = message([
    [
      1,
      [
        [1, 'v1'],
        [2, kind],
      ],
    ],
    [2, parts],
  ]);
  return Uint8Array.from([0x6b, 0x38, 0x73, 0x00, ...unknown]);
}

const decoded = (kind: string, parts: readonly Part[]) =>
  decodeProtobuf(`io.k8s.api.core.v1.${kind}`, sent(kind, parts));

describe('decodeProtobuf', () => {
  it('reads metadata, maps and texts, and leaves out zero values that JSON leaves out', () => {
    const metadata: Part = [
      1,
      [
        [1, 'a'],
        [3, ''],
        [7, 0],
        [8, []],
        [
          11,
          [
            [1, 'k'],
            [2, 'v'],
          ],
        ],
      ],
    ];
    expect(
      decoded('ConfigMap', [
        metadata,
        [
          2,
          [
            [1, 'key'],
            [2, 'wört'],
          ],
        ],
      ]),
    ).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a', labels: { k: 'v' } },
      data: { key: 'wört' },
    });
  });

  it('reads the forms that parts of JSON schemas have', () => {
    const named = (name: string, schema: readonly Part[]): Part => [
      29,
      [
        [1, name],
        [2, schema],
      ],
    ];
    const text: Part = [5, 'string'];
    const schema: readonly Part[] = [
      [5, 'object'],
      named('default', [[8, [[1, '{"a":7}']]]]),
      named('items', [[24, [[1, [text]]]]]),
      named('tuple', [[24, [[2, [text]]]]]),
      named('any', [[30, [[1, 1]]]]),
      named('none', [[30, [[1, 0]]]]),
      named('values', [[30, [[2, [text]]]]]),
      [
        32,
        [
          [1, 'a'],
          [2, [[2, 'b']]],
        ],
      ],
    ];
    const version: Part = [
      7,
      [
        [1, 'v1'],
        [2, 1],
        [4, [[1, schema]]],
        [5, [[1, []]]],
      ],
    ];
    const name = 'CustomResourceDefinition';
    const definition = `io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.${name}`;
    expect(decodeProtobuf(definition, sent(name, [[2, [version]]]))).toMatchObject({
      spec: {
        versions: [
          {
            name: 'v1',
            served: true,
            subresources: { status: {} },
            schema: {
              openAPIV3Schema: {
                type: 'object',
                properties: {
                  default: { default: { a: 7 } },
                  items: { items: { type: 'string' } },
                  tuple: { items: [{ type: 'string' }] },
                  any: { additionalProperties: true },
                  none: { additionalProperties: false },
                  values: { additionalProperties: { type: 'string' } },
                },
                dependencies: { a: ['b'] },
              },
            },
          },
        ],
      },
    });
  });

  it('gives bytes in base64', () => {
    expect(
      decoded('Secret', [
        [
          2,
          [
            [1, 'a'],
            [2, 'b'],
          ],
        ],
      ]),
    ).toMatchObject({ data: { a: 'Yg==' } });
  });

  it('reads lists of messages and both forms of a target port', () => {
    const byName: Part = [
      1,
      [
        [1, 'http'],
        [2, 'TCP'],
        [3, 80],
        [
          4,
          [
            [1, 1],
            [3, 'web'],
          ],
        ],
      ],
    ];
    const byNumber: Part = [
      1,
      [
        [3, 81],
        [
          4,
          [
            [1, 0],
            [2, 8080],
          ],
        ],
      ],
    ];
    expect(decoded('Service', [[2, [byName, byNumber]]])).toMatchObject({
      spec: {
        ports: [
          { name: 'http', protocol: 'TCP', port: 80, targetPort: 'web' },
          { port: 81, targetPort: 8080 },
        ],
      },
    });
  });

  it('puts the fields of embedded messages where JSON has them', () => {
    const volume: Part = [
      1,
      [
        [1, 'tmp'],
        [2, [[2, []]]],
      ],
    ];
    const limits: Part = [
      8,
      [
        [
          1,
          [
            [1, 'cpu'],
            [2, [[1, '500m']]],
          ],
        ],
      ],
    ];
    const container: Part = [2, [[1, 'c'], [2, 'image'], limits]];
    expect(decoded('Pod', [[2, [volume, container, [4, 0]]]])).toMatchObject({
      spec: {
        volumes: [{ name: 'tmp', emptyDir: {} }],
        containers: [{ name: 'c', image: 'image', resources: { limits: { cpu: '500m' } } }],
        terminationGracePeriodSeconds: 0,
      },
    });
  });

  it('reads times', () => {
    const metadata: Part = [
      1,
      [
        [
          9,
          [
            [1, 1_700_000_000],
            [2, 0],
          ],
        ],
      ],
    ];
    expect(decoded('Pod', [metadata])).toMatchObject({
      metadata: { deletionTimestamp: '2023-11-14T22:13:20Z' },
    });
  });

  it.each([
    ['{"a":1}', { a: 1 }],
    ['{"a":', '{"a":'],
  ])('reads %j where JSON belongs', (text, data) => {
    const bytes = sent('ControllerRevision', [[2, [[1, text]]]]);
    expect(decodeProtobuf('io.k8s.api.apps.v1.ControllerRevision', bytes)).toMatchObject({ data });
  });

  it.each([
    ['without the prefix', Uint8Array.from([1, 2, 3, 4])],
    ['that is cut off', sent('Pod', [[1, [[1, 'name']]]]).slice(0, -3)],
    ['with a wrong wire type', Uint8Array.from([0x6b, 0x38, 0x73, 0x00, 0x0f])],
  ])('refuses a body %s', (_what, bytes) => {
    expect(() => decodeProtobuf('io.k8s.api.core.v1.Pod', bytes)).toThrow(ProtobufError);
  });
});
