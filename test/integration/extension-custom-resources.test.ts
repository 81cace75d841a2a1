import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  CustomResourceDefinition,
  CustomResourceDefinitionVersion,
} from '../../src/apis/apiextensions.k8s.io/v1/types.ts';
import { CUSTOM_RESOURCE_DEFINITIONS } from '../../src/extension/definition/definition-parts.ts';
import type { KubeObject, ResourceType } from '../../src/machinery/object.ts';
import {
  type ExtensionBed,
  readJson,
  startExtensionBed,
  startTlsServer,
  type TlsServer,
} from './support/extension-bed.ts';
import { findKubectls, runClient } from './support/kubectl.ts';

const KUBECTLS = findKubectls();
const ENGINE_SCHEMA = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      description: 'What the engine shall be.',
      required: ['power'],
      properties: {
        power: { type: 'integer', minimum: 1, description: 'In horses.' },
        fuel: { type: 'string', enum: ['gas', 'steam'], default: 'steam' },
      },
      'x-kubernetes-validations': [
        { rule: 'self.power >= oldSelf.power', message: 'power may not fall' },
      ],
    },
    status: { type: 'object', properties: { running: { type: 'boolean' } } },
  },
};

const crd = (
  versions: CustomResourceDefinitionVersion[],
  more: object = {},
  plural = 'engines',
  kind = 'Engine',
): CustomResourceDefinition => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.test.example.com` },
  spec: {
    group: 'test.example.com',
    scope: 'Namespaced',
    names: { plural, kind, shortNames: [plural.slice(0, 3)], categories: ['all'] },
    versions,
    ...more,
  },
});
const version = (name: string, schema: object, more: object = {}) => ({
  name,
  served: true,
  storage: name === 'v1',
  schema: { openAPIV3Schema: schema },
  ...more,
});

let bed: ExtensionBed;
beforeAll(async () => {
  bed = await startExtensionBed();
});
afterAll(() => bed.close());

const kubectl = (program: string, args: readonly string[], object?: object) =>
  runClient(program, args, {
    kubeconfig: bed.kubeconfig,
    ...(object ? { stdin: JSON.stringify(object) } : {}),
  });

describe.each(KUBECTLS)('%s', (program) => {
  it('defines, explains, applies, prints and deletes custom resources', async () => {
    const columns = [{ name: 'Power', type: 'integer', jsonPath: '.spec.power' }];
    const more = { subresources: { status: {} }, additionalPrinterColumns: columns };
    const defined = await kubectl(
      program,
      ['apply', '-f', '-'],
      crd([version('v1', ENGINE_SCHEMA, more)]),
    );
    expect(defined.stderr).toBe('');
    const waiting = await kubectl(program, [
      'wait',
      '--for=condition=Established',
      'crd/engines.test.example.com',
    ]);
    expect(waiting.stdout).toContain('condition met');
    const cache = ['--cache-dir', `${bed.folder}/${KUBECTLS.indexOf(program)}`];
    const explained = await kubectl(program, ['explain', 'engines.spec.power', ...cache]);
    expect(explained.stdout).toContain('In horses.');
    const engine = (spec: object) => ({
      apiVersion: 'test.example.com/v1',
      kind: 'Engine',
      metadata: { name: 'one', namespace: 'default' },
      spec,
    });
    const wrong = await kubectl(
      program,
      ['apply', ...cache, '-f', '-'],
      engine({ power: 4, powr: 5 }),
    );
    expect(wrong.stderr).toContain('powr');
    const applied = await kubectl(program, ['apply', ...cache, '-f', '-'], engine({ power: 4 }));
    expect(applied.stdout).toBe('engine.test.example.com/one created\n');
    const fallen = await kubectl(program, ['apply', ...cache, '-f', '-'], engine({ power: 2 }));
    expect(fallen.stderr).toContain('spec: Invalid value: "object": power may not fall');
    const listed = await kubectl(program, ['get', 'eng', ...cache]);
    expect(listed.stdout).toMatch(/^NAME +POWER\none +4\n$/);
    const fuel = await kubectl(program, [
      'get',
      'engines/one',
      ...cache,
      '-o',
      'jsonpath={.spec.fuel}',
    ]);
    expect(fuel.stdout).toBe('steam');
    const deleted = await kubectl(program, ['delete', 'crd', 'engines.test.example.com']);
    expect(deleted.stdout).toContain('deleted');
    const gone = await kubectl(program, ['get', '--raw', '/apis/test.example.com/v1/engines']);
    expect(gone.code).not.toBe(0);
  });
});

const V1: ResourceType<KubeObject & { spec?: object }> = {
  group: 'test.example.com',
  version: 'v1',
  resource: 'rooms',
  kind: 'Room',
  namespaced: true,
};
const V2 = { ...V1, version: 'v2' };

describe('conversion by a webhook', () => {
  let webhook: TlsServer;
  const batches: number[] = [];

  /** v1 has one text `size`, `3x4`; v2 has its two numbers. */
  async function convert(request: IncomingMessage, response: ServerResponse) {
    const review = (await readJson(request)) as {
      apiVersion: string;
      request: { uid: string; desiredAPIVersion: string; objects: Record<string, unknown>[] };
    };
    const { uid, desiredAPIVersion, objects } = review.request;
    batches.push(objects.length);
    const convertedObjects = objects.map((object) => {
      const spec = object.spec as Record<string, unknown>;
      const isToV2 = desiredAPIVersion.endsWith('/v2');
      const [width, depth] = String(spec.size).split('x').map(Number);
      const changed = isToV2 ? { width, depth } : { size: `${spec.width}x${spec.depth}` };
      return { ...object, apiVersion: desiredAPIVersion, spec: changed };
    });
    const answer = { uid, convertedObjects, result: { status: 'Success' } };
    const { apiVersion } = review;
    const body = JSON.stringify({ apiVersion, kind: 'ConversionReview', response: answer });
    response.setHeader('content-type', 'application/json').end(body);
  }

  beforeAll(async () => {
    webhook = await startTlsServer((request, response) => void convert(request, response));
    const object = (properties: object) => ({
      type: 'object',
      properties: { spec: { type: 'object', properties } },
    });
    const number = { type: 'integer' };
    const clientConfig = {
      url: `https://localhost:${webhook.port}/convert`,
      caBundle: Buffer.from(webhook.caPem).toString('base64'),
    };
    const conversion = {
      strategy: 'Webhook',
      webhook: { clientConfig, conversionReviewVersions: ['v1'] },
    };
    const definition = crd(
      [
        version('v1', object({ size: { type: 'string' } })),
        version('v2', object({ width: number, depth: number, seats: { ...number, default: 2 } })),
      ],
      { conversion },
      'rooms',
      'Room',
    );
    await bed.api.client.create(CUSTOM_RESOURCE_DEFINITIONS, definition);
  });
  afterAll(() => webhook.close());

  const room = (name: string, spec: object, apiVersion = 'test.example.com/v1') => ({
    apiVersion,
    kind: 'Room',
    metadata: { name, namespace: 'default' },
    spec,
  });

  it('reads and writes through every version, and converts lists at once', async () => {
    const { client } = bed.api;
    await expect
      .poll(async () => {
        const found = await client.get(CUSTOM_RESOURCE_DEFINITIONS, {
          name: 'rooms.test.example.com',
        });
        return JSON.stringify(found).includes('InitialNamesAccepted');
      })
      .toBe(true);
    await client.create(V1, room('small', { size: '2x3' }));
    await client.create(V2, room('large', { width: 5, depth: 6 }, 'test.example.com/v2'));
    expect((await client.get(V1, { namespace: 'default', name: 'large' })).spec).toEqual({
      size: '5x6',
    });
    batches.length = 0;
    const listed = await client.list(V2, { namespace: 'default' });
    expect(listed.items.map((one) => [one.apiVersion, one.spec])).toEqual([
      ['test.example.com/v2', { width: 5, depth: 6, seats: 2 }],
      ['test.example.com/v2', { width: 2, depth: 3, seats: 2 }],
    ]);
    expect(Math.max(...batches, 0)).toBeLessThanOrEqual(2);
    const patch = { type: 'application/merge-patch+json', body: { spec: { depth: 9 } } } as const;
    await client.patch(V2, { namespace: 'default', name: 'small' }, patch);
    expect((await client.get(V1, { namespace: 'default', name: 'small' })).spec).toEqual({
      size: '2x9',
    });
  });

  it.each([null, ''])('keeps a patch from taking the kind away: %j', async (kind) => {
    const ref = { namespace: 'default', name: 'small' };
    const patch = { type: 'application/merge-patch+json', body: { kind } } as const;
    await expect(bed.api.client.patch(V1, ref, patch)).rejects.toMatchObject({
      code: 422,
      message: expect.stringMatching(
        /^ "" is invalid: patch: Invalid value: "\{.*\}": Object 'Kind' is missing in '\{.*\}'$/,
      ),
    });
  });

  it('says what is wrong when the webhook does not answer', async () => {
    const { client } = bed.api;
    await client.create(V1, room('lost', { size: '1x1' }));
    const found = await client.get(CUSTOM_RESOURCE_DEFINITIONS, { name: 'rooms.test.example.com' });
    const away = structuredClone(found);
    const { clientConfig } = away.spec.conversion?.webhook ?? {};
    if (clientConfig) clientConfig.url = 'https://localhost:1/convert';
    await client.update(CUSTOM_RESOURCE_DEFINITIONS, away);
    await expect
      .poll(() =>
        client.get(V2, { namespace: 'default', name: 'lost' }).then(
          () => 'converted',
          (error: Error) => error.message,
        ),
      )
      .toMatch(/^conversion webhook for test\.example\.com\/v1, Kind=Room failed: Post "https/);
  });
});
