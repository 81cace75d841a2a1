import { describe, expect, it } from 'vitest';
import { DESCRIPTIONS_OPENSHIFT } from '../catalogue/descriptions-openshift.data.ts';
import { definitionFact } from '../schema/catalogue.ts';
import { newOpenApi, type OpenApiResource } from './openapi.ts';

const PODS: OpenApiResource = {
  type: { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true },
  definition: 'io.k8s.api.core.v1.Pod',
  subresources: {
    status: { kind: 'status' },
    log: { kind: 'connect', methods: ['GET'] },
    binding: {
      kind: 'create',
      input: {
        group: '',
        version: 'v1',
        kind: 'Binding',
        definition: 'io.k8s.api.core.v1.Binding',
      },
    },
  },
};
const ROUTES: OpenApiResource = {
  type: {
    group: 'route.openshift.io',
    version: 'v1',
    resource: 'routes',
    kind: 'Route',
    namespaced: true,
  },
  definition: 'com.github.openshift.api.route.v1.Route',
};
const PROTOBUF = 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf';

const openApi = newOpenApi(() => [PODS, ROUTES], {
  version: 'v1.34.2',
  descriptions: { 'io.k8s.api.core.v1.Pod': { '': 'A pod.' } },
});

interface Document {
  readonly paths: Record<string, Record<string, Record<string, unknown>>>;
  readonly definitions: Record<string, Record<string, unknown>>;
  readonly components: { readonly schemas: Record<string, Record<string, unknown>> };
}

function parsed(document: { bytes: Uint8Array } | undefined): Document {
  return JSON.parse(Buffer.from(document?.bytes ?? []).toString('utf8')) as Document;
}

/** Reads the fields of one protocol buffer message: number to values. */
function fieldsOf(bytes: Uint8Array): Map<number, Uint8Array[]> {
  const fields = new Map<number, Uint8Array[]>();
  let at = 0;
  const varint = () => {
    let [value, factor] = [0, 1];
    for (;;) {
      const byte = bytes[at] ?? 0;
      at += 1;
      value += (byte % 128) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const [field, wire] = [Math.floor(tag / 8), tag % 8];
    if (wire === 0) {
      fields.set(field, [...(fields.get(field) ?? []), Uint8Array.of(varint())]);
      continue;
    }
    expect(wire).toBe(2);
    const length = varint();
    fields.set(field, [...(fields.get(field) ?? []), bytes.subarray(at, at + length)]);
    at += length;
  }
  expect(at).toBe(bytes.length);
  return fields;
}

const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('utf8');

const v2 = await openApi.v2('application/json');

describe('OpenAPI v2', () => {
  const document = parsed(v2);

  it('refers only to definitions that it has', () => {
    const references = JSON.stringify(document).match(/#\/definitions\/[\w.-]+/g) ?? [];
    expect(references.length).toBeGreaterThan(200);
    for (const one of new Set(references))
      expect(document.definitions).toHaveProperty([one.slice('#/definitions/'.length)]);
  });

  it('tells kinds, merge keys and field validation', () => {
    expect(document.definitions['io.k8s.api.core.v1.Pod']).toMatchObject({
      description: 'A pod.',
      'x-kubernetes-group-version-kind': [{ group: '', kind: 'Pod', version: 'v1' }],
    });
    expect(document.definitions['io.k8s.api.core.v1.PodSpec']).toMatchObject({
      required: ['containers'],
      properties: {
        containers: {
          'x-kubernetes-patch-merge-key': 'name',
          'x-kubernetes-patch-strategy': 'merge',
          'x-kubernetes-list-type': 'map',
        },
      },
    });
    const patch = document.paths['/api/v1/namespaces/{namespace}/pods/{name}']?.patch;
    expect(patch?.parameters).toContainEqual(expect.objectContaining({ name: 'fieldValidation' }));
    expect(document.definitions[ROUTES.definition]).toMatchObject({
      'x-kubernetes-group-version-kind': [
        { group: 'route.openshift.io', kind: 'Route', version: 'v1' },
      ],
    });
  });

  it('is the same in protocol buffers', async () => {
    const encoded = await openApi.v2(PROTOBUF);
    expect(encoded?.contentType).toBe('application/com.github.proto-openapi.spec.v2.v1.0+protobuf');
    const fields = fieldsOf(encoded?.bytes ?? new Uint8Array());
    expect(text(fields.get(1)?.[0])).toBe('2.0');
    const nameOf = (bytes: Uint8Array) => text(fieldsOf(bytes).get(1)?.[0]);
    const [paths, definitions] = [fields.get(8)?.[0], fields.get(9)?.[0]];
    const pathNames = fieldsOf(paths ?? new Uint8Array())
      .get(2)
      ?.map(nameOf);
    const definitionNames = fieldsOf(definitions ?? new Uint8Array())
      .get(1)
      ?.map(nameOf);
    expect(pathNames).toEqual(Object.keys(document.paths));
    expect(definitionNames).toEqual(Object.keys(document.definitions));
  });

  it('is written once for all who ask at a time, and kept until the resources change', async () => {
    let resources = [PODS];
    const fresh = newOpenApi(() => resources, { version: 'v1.34.2' });
    const [one, other] = await Promise.all([fresh.v2(PROTOBUF), fresh.v2(PROTOBUF)]);
    expect(one).toBeDefined();
    expect(other).toBe(one);
    expect(await fresh.v2(PROTOBUF)).toBe(one);
    const late = fresh.v2('');
    resources = [PODS, ROUTES];
    const changed = await fresh.v2('');
    expect(changed?.etag).not.toBe((await late)?.etag);
    expect(await fresh.v2('')).toBe(changed);
  });

  it('is refused in other forms', async () => {
    expect(await openApi.v2('text/html')).toBeUndefined();
    expect((await openApi.v2('text/html, */*'))?.contentType).toBe('application/json');
  });
});

async function documentOf(name: string) {
  const document = await openApi.v3(name, 'application/json');
  if (typeof document !== 'object') throw new Error(`no document ${name}`);
  return document;
}

describe('OpenAPI v3', () => {
  it('shows what Go makes of absent fields, and of what a reference is', async () => {
    const { schemas } = parsed(await documentOf('api/v1')).components;
    expect(schemas['io.k8s.api.core.v1.Container']?.properties).toMatchObject({
      name: { type: 'string', default: '' },
      resources: {
        default: {},
        allOf: [{ $ref: '#/components/schemas/io.k8s.api.core.v1.ResourceRequirements' }],
      },
      args: { type: 'array', items: { type: 'string', default: '' } },
      ports: {
        items: { default: {}, allOf: [{ $ref: expect.stringContaining('ContainerPort') }] },
      },
      imagePullPolicy: { enum: ['Always', 'IfNotPresent', 'Never'] },
    });
    expect(schemas['io.k8s.api.core.v1.ContainerPort']?.properties).toMatchObject({
      protocol: { default: 'TCP' },
    });
  });

  it('has the parameters that operations share once', async () => {
    const { paths } = parsed(await documentOf('api/v1'));
    const item = paths['/api/v1/namespaces/{namespace}/pods/{name}'];
    const namesOf = (value: unknown) => (value as { name: string }[]).map(({ name }) => name);
    expect(namesOf(item?.parameters)).toEqual(['name', 'namespace', 'pretty']);
    expect(item?.get).not.toHaveProperty('parameters');
    expect(namesOf(item?.patch?.parameters)).toEqual([
      'dryRun',
      'fieldManager',
      'fieldValidation',
      'force',
    ]);
    expect(Object.keys(paths)).toContain('/api/v1/watch/namespaces/{namespace}/pods/{name}');
    expect(Object.keys(parsed(await documentOf('version')).paths)).toEqual(['/version/']);
  });

  it('is one document for each group version, with its hash', async () => {
    const index = parsed(await openApi.v3Index()) as unknown as {
      paths: Record<string, { serverRelativeURL: string }>;
    };
    expect(Object.keys(index.paths)).toEqual([
      '.well-known/openid-configuration',
      'api',
      'api/v1',
      'apis',
      'apis/route.openshift.io',
      'apis/route.openshift.io/v1',
      'openid/v1/jwks',
      'version',
    ]);
    const etag = (await documentOf('api/v1')).etag.replaceAll('"', '');
    expect(index.paths['api/v1']?.serverRelativeURL).toBe(`/openapi/v3/api/v1?hash=${etag}`);
    expect(await openApi.v3('apis/none/v1', '')).toBeUndefined();
    expect(await openApi.v3('api/v1', 'text/html')).toBe('unacceptable');
  });

  it('comes in the form that weighs most', async () => {
    const type = 'application/com.github.proto-openapi.spec.v3.v1.0+protobuf';
    const typeFor = async (accept: string) => {
      const document = await openApi.v3('api/v1', accept);
      return typeof document === 'object' ? document.contentType : document;
    };
    expect(await typeFor(`${type};q=0.1,application/json;q=0.2`)).toBe('application/json');
    expect(await typeFor(`application/json;q=0.1,${type};q=0.2`)).toBe(type);
    expect(await typeFor('*/*;q=0.1')).toBe('application/json');
    expect(await typeFor(' ')).toBe('unacceptable');
  });

  it('is the same in protocol buffers, with the tag of the JSON', async () => {
    const json = await documentOf('api/v1');
    for (const sign of ['@', '.']) {
      const type = `application/com.github.proto-openapi.spec.v3${sign}v1.0+protobuf`;
      const encoded = await openApi.v3('api/v1', `${type}, application/json;q=0.5`);
      if (typeof encoded !== 'object') throw new Error('no document');
      expect(encoded.contentType).toBe(
        'application/com.github.proto-openapi.spec.v3.v1.0+protobuf',
      );
      expect(encoded.etag).toBe(json.etag);
      const { paths, components } = parsed(json);
      const within = (bytes: Uint8Array | undefined, ...path: number[]): Uint8Array | undefined =>
        path.reduce((one, field) => one && fieldsOf(one).get(field)?.[0], bytes);
      const namesIn = (bytes: Uint8Array | undefined) =>
        fieldsOf(bytes ?? new Uint8Array())
          .get(1)
          ?.map((one) => text(within(one, 1)));
      expect(text(within(encoded.bytes, 1))).toBe('3.0.0');
      expect(text(within(encoded.bytes, 2, 6))).toBe('v1.34.2');
      expect(namesIn(within(encoded.bytes, 4))).toEqual(Object.keys(paths));
      const schemas = within(encoded.bytes, 5, 1);
      expect(namesIn(schemas)).toEqual(Object.keys(components.schemas));
      const pod = fieldsOf(schemas ?? new Uint8Array())
        .get(1)
        ?.find((one) => text(within(one, 1)) === 'io.k8s.api.core.v1.Pod');
      const schema = within(pod, 2, 1);
      expect(text(within(schema, 25))).toBe('object');
      expect(text(within(schema, 36, 1))).toBe('x-kubernetes-group-version-kind');
      expect(text(within(schema, 36, 2, 2))).toBe('- group: ""\n  kind: Pod\n  version: v1\n');
    }
  });

  it('tells patch types and describes references', async () => {
    const document = parsed(await documentOf('api/v1'));
    const patch = document.paths['/api/v1/namespaces/{namespace}/pods/{name}']?.patch;
    expect(patch?.requestBody).toMatchObject({
      content: { 'application/strategic-merge-patch+json': {} },
    });
    const references = JSON.stringify(document).match(/#\/components\/schemas\/[\w.-]+/g) ?? [];
    for (const one of new Set(references))
      expect(document.components.schemas).toHaveProperty([
        one.slice('#/components/schemas/'.length),
      ]);
  });
});

describe('the descriptions of OpenShift', () => {
  it('are of definitions and fields that exist', () => {
    for (const [name, fields] of Object.entries(DESCRIPTIONS_OPENSHIFT)) {
      const known = Object.keys(definitionFact(name).fields ?? {});
      for (const field of Object.keys(fields)) if (field !== '') expect(known).toContain(field);
    }
  });
});
