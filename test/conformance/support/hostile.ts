import fc from 'fast-check';
import { encodeEnvelope, encodeMessage } from '../../../src/apis/protobuf/encode-protobuf.ts';
import type { KubeObject } from '../../../src/machinery/object.ts';

/** Hostile is one request that nobody should send. */
export interface Hostile {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | undefined;
}

/** Target is a collection with the sample that belongs into it. */
export interface Target {
  readonly collection: string;
  readonly sample: KubeObject;
  /** What is served below an object of it: `status`, `scale`, … */
  readonly parts: readonly string[];
  /** False for what is only asked, such as reviews: there are no objects of it. */
  readonly isStored: boolean;
}

/** PART_SAMPLES are what is sent to subresources that take another kind than their object's. */
const PART_SAMPLES: Readonly<Record<string, object>> = {
  binding: {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name: 'sample' },
    target: { kind: 'Node', name: 'sample' },
  },
  eviction: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'sample' } },
  scale: {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name: 'sample' },
    spec: { replicas: 2 },
  },
  token: {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { audiences: ['a'], expirationSeconds: 3600 },
  },
};

const strangeText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    ' ',
    '.',
    '..',
    '-',
    'a/b',
    '%',
    '\u0000',
    'A_B',
    '\ud800',
    '1e999',
    '0x1',
    '{{',
  ),
  fc.string({ minLength: 300, maxLength: 400 }),
);

const strangeNumber = fc.oneof(
  fc.constantFrom(0, -1, 1.5, 1e21, 2 ** 31, 2 ** 53 + 2, -(2 ** 63), Number.MAX_VALUE),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

const strangeValue: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(null, true, false, [], {}, [[]], [null], { '': '' }, { __proto__: null }),
  strangeText,
  strangeNumber,
  fc.jsonValue({ maxDepth: 3 }),
);

interface Place {
  readonly parent: Record<string, unknown>;
  readonly key: string;
}

/** placesOf lists every member of a value, so that each can be hit. */
function placesOf(value: unknown, found: Place[] = []): Place[] {
  if (typeof value !== 'object' || value === null) return found;
  const parent = value as Record<string, unknown>;
  for (const key of Object.keys(parent)) {
    found.push({ parent, key });
    placesOf(parent[key], found);
  }
  return found;
}

type Mutation = 'replace' | 'delete' | 'add' | 'rename';

interface Hit {
  readonly at: number;
  readonly mutation: Mutation;
  readonly key: string;
  readonly value: unknown;
}

const hit: fc.Arbitrary<Hit> = fc.record({
  at: fc.nat(),
  mutation: fc.constantFrom<Mutation>('replace', 'replace', 'delete', 'add', 'rename'),
  key: fc.oneof(
    strangeText,
    fc.constantFrom('metadata', 'spec', 'status', 'name', 'kind', '$patch'),
  ),
  value: strangeValue,
});

/** mutate changes a copy of a value at some places. */
function mutate(value: object, hits: readonly Hit[]): object {
  const copy = structuredClone(value);
  for (const { at, mutation, key, value: replacement } of hits) {
    const places = placesOf(copy);
    const place = places[at % Math.max(1, places.length)];
    if (!place) continue;
    const before = place.parent[place.key];
    if (mutation === 'replace') place.parent[place.key] = structuredClone(replacement);
    else if (mutation === 'delete') delete place.parent[place.key];
    else if (mutation === 'add') set(place.parent, key, structuredClone(replacement));
    else {
      delete place.parent[place.key];
      set(place.parent, key, before);
    }
  }
  return copy;
}

function set(parent: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(parent, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

/** damage spoils JSON text: cut off, with keys twice, nested deep, or with strange bytes. */
const damage: fc.Arbitrary<(text: string) => string> = fc.oneof(
  { weight: 8, arbitrary: fc.constant((text: string) => text) },
  { weight: 1, arbitrary: fc.nat().map((at) => (text: string) => text.slice(0, at % text.length)) },
  {
    weight: 1,
    arbitrary: fc.constant((text: string) => `{"kind":"X","metadata":{},${text.slice(1)}`),
  },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: 1, max: 20_000 })
      .map(
        (deep) => (text: string) => `{"x":${'['.repeat(deep)}${']'.repeat(deep)},${text.slice(1)}`,
      ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.nat(), fc.string({ unit: 'binary', maxLength: 3 })).map(
      ([at, extra]) =>
        (text: string) =>
          text.slice(0, at % text.length) + extra + text.slice(at % text.length),
    ),
  },
);

const query = fc
  .dictionary(
    fc.constantFrom(
      'dryRun',
      'fieldValidation',
      'fieldManager',
      'force',
      'pretty',
      'limit',
      'continue',
      'labelSelector',
      'fieldSelector',
      'resourceVersion',
      'resourceVersionMatch',
      'propagationPolicy',
      'gracePeriodSeconds',
    ),
    fc.oneof(
      strangeText,
      fc.constantFrom('All', 'Strict', 'Warn', 'Ignore', 'true', '0', '1', 'a=b'),
    ),
    { maxKeys: 3 },
  )
  .map((values) => {
    const text = new URLSearchParams(values).toString();
    return text === '' ? '' : `?${text}`;
  });

const contentType = fc.oneof(
  { weight: 8, arbitrary: fc.constant('application/json') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      'application/yaml',
      'text/plain',
      'application/vnd.kubernetes.protobuf',
      'application/json; charset=latin1',
      ';;;',
    ),
  },
);

const PATCH_TYPES = [
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/json-patch+json',
  'application/apply-patch+yaml',
];

const target = (targets: readonly Target[]) => fc.constantFrom(...targets);

/** bodies are creates and updates of objects that are nearly valid. */
function bodies(targets: readonly Target[]): fc.Arbitrary<Hostile> {
  return fc
    .record({
      target: target(targets),
      hits: fc.array(hit, { minLength: 1, maxLength: 4 }),
      damage,
      query,
      type: contentType,
      put: fc.boolean(),
      part: fc.option(fc.nat(), { freq: 2 }),
    })
    .map(({ target: one, hits, damage: spoil, query: q, type, put, part }) => {
      const { suffix, sample } = partOf(one, part);
      const isBelow = one.isStored && (put || suffix !== '');
      return {
        method: put ? 'PUT' : 'POST',
        path: `${one.collection}${isBelow ? `/${one.sample.metadata.name}${suffix}` : ''}${q}`,
        headers: { 'content-type': type },
        body: spoil(JSON.stringify(mutate(sample, hits))),
      };
    });
}

/** partOf chooses what is below an object, or the object itself. */
function partOf({ parts, sample }: Target, at: number | null) {
  const part = at === null ? undefined : parts[at % Math.max(1, parts.length)];
  if (part === undefined) return { suffix: '', sample };
  return { suffix: `/${part}`, sample: PART_SAMPLES[part] ?? sample };
}

/** messages are creates in protocol buffers with damaged bytes. */
function messages(targets: readonly Target[]): fc.Arbitrary<Hostile> {
  const places = fc.array(fc.record({ at: fc.nat(), byte: fc.nat(255) }), { maxLength: 6 });
  return fc
    .record({
      target: target(targets),
      hits: fc.array(hit, { maxLength: 2 }),
      places,
      end: fc.nat(),
    })
    .map(({ target: { collection, sample }, hits, places: damaged, end }) => {
      const body = protobufOf(mutate(sample, hits) as KubeObject) ?? protobufOf(sample);
      for (const { at, byte } of damaged) if (body) body[at % body.length] = byte;
      const isCut = body !== undefined && end % 4 === 0;
      return {
        method: 'POST',
        path: collection,
        headers: { 'content-type': 'application/vnd.kubernetes.protobuf' },
        body: isCut ? body.subarray(0, end % body.length) : body,
      };
    });
}

/** protobufOf writes an object as protocol buffers; undefined: it cannot be written so. */
function protobufOf(object: KubeObject): Buffer | undefined {
  const { apiVersion = '', kind = '' } = object;
  try {
    const message = encodeMessage(definitionOf(apiVersion, kind), object);
    return Buffer.concat(encodeEnvelope({ apiVersion, kind }, [message]));
  } catch {
    return undefined;
  }
}

/** definitionOf is the name of the schema of a kind of Kubernetes: `io.k8s.api.apps.v1.Deployment`. */
function definitionOf(apiVersion: string, kind: string): string {
  const [version = '', group = 'core'] = apiVersion.split('/').reverse();
  return `io.k8s.api.${group.replace(/\..*$/, '')}.${version}.${kind}`;
}

const operation = fc.record(
  {
    op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test', 'nonsense'),
    path: fc.oneof(
      strangeText,
      fc.constantFrom(
        '',
        '/',
        '/metadata',
        '/metadata/name',
        '/spec',
        '/spec/-',
        '/a/b/0',
        '/kind',
      ),
    ),
    from: fc.constantFrom('', '/metadata', '/spec', '/metadata/labels'),
    value: strangeValue,
  },
  { requiredKeys: ['op'] },
);

/** patches are patches of every type with fragments of objects. */
function patches(targets: readonly Target[]): fc.Arbitrary<Hostile> {
  return fc
    .record({
      target: target(targets),
      type: fc.constantFrom(...PATCH_TYPES),
      hits: fc.array(hit, { minLength: 1, maxLength: 4 }),
      operations: fc.array(operation, { maxLength: 4 }),
      damage,
      query,
      part: fc.option(fc.nat(), { freq: 2 }),
    })
    .map((one) => {
      const { collection } = one.target;
      const { suffix, sample } = partOf(one.target, one.part);
      const isJsonPatch = one.type === 'application/json-patch+json';
      const patch = isJsonPatch ? one.operations : mutate(sample, one.hits);
      const text = JSON.stringify(patch);
      const separator = one.query === '' ? '?' : '&';
      return {
        method: 'PATCH',
        path: `${collection}/${one.target.sample.metadata.name}${suffix}${one.query}${separator}fieldManager=fuzz`,
        headers: { 'content-type': one.type },
        body: isJsonPatch ? text : one.damage(text),
      };
    });
}

const segment = fc.oneof(
  fc.constantFrom('api', 'apis', 'v1', 'apps', 'namespaces', 'conformance', 'pods', 'sample'),
  fc.constantFrom('status', 'scale', 'log', 'exec', 'binding', 'proxy', 'watch', 'openapi', 'v2'),
  fc.constantFrom('', '.', '..', '%2e%2e', '%2f', '%', '%zz', '%00', '%ff', 'a%20b', '~', '*'),
  fc.webSegment(),
);

/** paths are requests to anything. */
const paths: fc.Arbitrary<Hostile> = fc
  .record({
    method: fc.constantFrom('GET', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'),
    segments: fc.array(segment, { maxLength: 8 }),
    query,
    accept: fc.constantFrom(
      '*/*',
      '',
      'text/html',
      'application/json;as=Table;g=meta.k8s.io;v=v1',
      ',',
    ),
    body: fc.option(fc.constantFrom('{}', '[]', 'x', ''), { nil: undefined }),
  })
  .map(({ method, segments, query: q, accept, body }) => ({
    method,
    path: `/${segments.join('/')}${q}`,
    headers: { accept, 'content-type': 'application/json' },
    body: method === 'GET' || method === 'HEAD' ? undefined : body,
  }));

/** hostileRequests draws from all of them. */
export function hostileRequests(targets: readonly Target[]): fc.Arbitrary<Hostile> {
  return fc.oneof(
    { weight: 4, arbitrary: bodies(targets) },
    { weight: 4, arbitrary: patches(targets.filter((one) => one.isStored)) },
    { weight: 1, arbitrary: messages(targets) },
    { weight: 2, arbitrary: paths },
  );
}
