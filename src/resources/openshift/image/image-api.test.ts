import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type {
  Image,
  ImageStream,
  ImageStreamImport,
  ImageStreamTag,
  TagReference,
} from '../../../apis/image.openshift.io/v1/types.ts';
import {
  IMAGE_STREAM_IMAGES,
  IMAGE_STREAM_IMPORTS,
  IMAGE_STREAM_MAPPINGS,
  IMAGE_STREAM_TAGS,
  IMAGE_STREAMS,
  IMAGE_TAGS,
  IMAGES,
  SECRETS,
} from '../../../apis/resource-types.ts';
import {
  startTestApiServer,
  type TestApiServer,
} from '../../../apiserver/testing/test-api-server.ts';
import { isStatusError } from '../../../machinery/status-error.ts';
import { imageDefinitions, type LocalImage } from './index.ts';

const HOST = 'image-registry.openshift-image-registry.svc:5000';
const GROUP_VERSION = 'image.openshift.io/v1';
const ALICE = { name: 'alice', groups: ['system:authenticated'] };

let api: TestApiServer;
let local: LocalImage | undefined;
beforeEach(async () => {
  local = undefined;
  api = await startTestApiServer((deps) => [
    ...imageDefinitions({
      ...deps,
      internalRegistryHost: HOST,
      engineRegistryHost: '127.0.0.1:1',
      mirrors: [],
      canPull: (user, namespace) => user.name === 'admin' || namespace === 'shared',
      localImages: async () => local,
    }),
    { type: SECRETS, definition: 'io.k8s.api.core.v1.Secret' },
  ]);
});
afterEach(() => api.close());

function digest(letter: string): string {
  return `sha256:${letter.repeat(64)}`;
}

function stream(name: string, tags: TagReference[] = [], namespace = 'p1'): ImageStream {
  return {
    apiVersion: GROUP_VERSION,
    kind: 'ImageStream',
    metadata: { name, namespace },
    spec: { tags },
  };
}

async function push(name: string, tag: string, letter: string, namespace = 'p1') {
  const config = JSON.stringify({
    architecture: 'amd64',
    created: '2023-01-02T03:04:05.678Z',
    config: { Env: ['A=b'], Cmd: ['run'], Labels: {}, User: '' },
  });
  const manifest = JSON.stringify({
    schemaVersion: 2,
    config: { digest: digest('c'), size: 2, mediaType: 'x/y' },
    layers: [
      { digest: digest('1'), size: 10, mediaType: 'l' },
      { digest: digest('1'), size: 10, mediaType: 'l' },
    ],
  });
  const image = {
    metadata: { name: digest(letter), annotations: { 'openshift.io/image.managed': 'true' } },
    dockerImageManifest: manifest,
    dockerImageConfig: config,
  } as unknown as Image;
  await api.client.create(IMAGE_STREAM_MAPPINGS, {
    apiVersion: GROUP_VERSION,
    kind: 'ImageStreamMapping',
    metadata: { name, namespace },
    image,
    tag,
  });
}

const getStream = (name: string, namespace = 'p1') =>
  api.client.get(IMAGE_STREAMS, { namespace, name });
const tagFrom = (name: string, from: TagReference['from']) => ({ name, from }) as TagReference;
const latest = (object: ImageStream, tag: string) =>
  object.status?.tags?.find((one) => one.tag === tag)?.items[0];

async function messageOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'no error';
  } catch (error) {
    if (isStatusError(error)) return `${error.code} ${error.message}`;
    throw error;
  }
}

describe('image streams', () => {
  test('a new stream names its repository and has no history', async () => {
    const draft = stream('web', [tagFrom('1', { kind: 'DockerImage', name: 'quay.io/a/b:1' })]);
    draft.status = { tags: [{ tag: 'forged', items: [] }], dockerImageRepository: 'x' };
    const created = await api.client.create(IMAGE_STREAMS, draft);
    expect(created.status).toEqual({ dockerImageRepository: `${HOST}/p1/web` });
    expect(created.metadata.generation).toBe(1);
    expect(created.spec).toEqual({
      lookupPolicy: { local: false },
      tags: [
        {
          name: '1',
          annotations: null,
          from: { kind: 'DockerImage', name: 'quay.io/a/b:1' },
          generation: 1,
          importPolicy: { importMode: 'Legacy' },
          referencePolicy: { type: 'Source' },
        },
      ],
    });
  });

  test('a user cannot write status through the main resource', async () => {
    const created = structuredClone(await api.client.create(IMAGE_STREAMS, stream('web')));
    created.status = { tags: [{ tag: 'a', items: [] }] };
    created.metadata.labels = { a: 'b' };
    const updated = await api.client.update(IMAGE_STREAMS, created);
    expect(updated.status).toEqual({ dockerImageRepository: `${HOST}/p1/web` });
    expect(updated.metadata.generation).toBe(1);
  });

  const bad: [what: string, draft: ImageStream, message: string][] = [
    [
      'a name that no repository can have',
      stream('Web'),
      '422 ImageStream.image.openshift.io "Web" is invalid: metadata.name: Invalid value: "Web": must match "[a-z0-9]+(?:[._-][a-z0-9]+)*"',
    ],
    [
      'an unknown kind of source',
      stream('web', [tagFrom('a', { kind: 'Pod', name: 'x' })]),
      '422 ImageStream.image.openshift.io "web" is invalid: []: Internal error: imagestreams "web" is invalid: spec.tags[a].from.name: Invalid value: "x": must be of the form <tag>, <repo>:<tag>, <id>, or <repo>@<id>',
    ],
    [
      'a stream that does not exist',
      stream('web', [tagFrom('a', { kind: 'ImageStreamTag', name: 'none:1' })]),
      '422 ImageStream.image.openshift.io "web" is invalid: []: Internal error: imagestreams "web" is invalid: spec.tags[a].from.name: Not found: "none:1"',
    ],
    [
      'a malformed reference',
      stream('web', [tagFrom('a', { kind: 'DockerImage', name: 'UPPER' })]),
      '422 ImageStream.image.openshift.io "web" is invalid: spec.tags[a].from.name: Invalid value: "UPPER": repository name must be lowercase',
    ],
  ];
  test.each(bad)('%s is refused', async (_what, draft, message) => {
    expect(await messageOf(api.client.create(IMAGE_STREAMS, draft))).toBe(message);
  });

  test('a stream of another namespace can be followed only by who may pull from it', async () => {
    for (const namespace of ['shared', 'secret']) {
      await api.client.create(IMAGE_STREAMS, stream('base', [], namespace));
      await push('base', 'v1', 'a', namespace);
    }
    const follow = (namespace: string) =>
      api
        .clientFor(ALICE)
        .create(
          IMAGE_STREAMS,
          stream(`from-${namespace}`, [
            tagFrom('v1', { kind: 'ImageStreamTag', name: 'base:v1', namespace }),
          ]),
        );
    expect(latest(await follow('shared'), 'v1')).toMatchObject({
      image: digest('a'),
      // The image is pulled from the stream that the user owns.
      dockerImageReference: `${HOST}/p1/from-shared@${digest('a')}`,
    });
    expect(await messageOf(follow('secret'))).toContain(
      'spec.tags[v1].from: Forbidden: secret/base',
    );
  });
});

describe('tags', () => {
  test('a push moves a tag and the tags that follow it, and keeps history', async () => {
    const follower = tagFrom('stable', { kind: 'ImageStreamTag', name: 'latest' });
    await api.client.create(IMAGE_STREAMS, stream('web', [follower]));
    await push('web', 'latest', 'a');
    await push('web', 'latest', 'b');
    await push('web', 'latest', 'b');
    const current = await getStream('web');
    for (const tag of ['latest', 'stable'])
      expect(
        current.status?.tags?.find((one) => one.tag === tag)?.items.map((one) => one.image),
      ).toEqual([digest('b'), digest('a')]);
    const image = await api.client.get(IMAGES, { name: digest('a') });
    expect(image.dockerImageReference).toBe(`${HOST}/p1/web@${digest('a')}`);
    expect(image.dockerImageLayers).toHaveLength(2);
    expect(image.dockerImageMetadata).toEqual({
      kind: 'DockerImage',
      apiVersion: 'image.openshift.io/1.0',
      Id: digest('c'),
      Created: '2023-01-02T03:04:05Z',
      ContainerConfig: {},
      Config: { Env: ['A=b'], Cmd: ['run'] },
      Architecture: 'amd64',
      Size:
        10 +
        JSON.stringify({
          architecture: 'amd64',
          created: '2023-01-02T03:04:05.678Z',
          config: { Env: ['A=b'], Cmd: ['run'], Labels: {}, User: '' },
        }).length,
    });
  });

  test('pushes of many tags at once are all recorded', async () => {
    await api.client.create(IMAGE_STREAMS, stream('web'));
    const tags = Array.from({ length: 25 }, (_, index) => `t${index}`);
    await Promise.all(tags.map((tag) => push('web', tag, 'a')));
    const recorded = (await getStream('web')).status?.tags?.map((one) => one.tag);
    expect(recorded).toEqual([...tags].sort());
  });

  test('oc tag of an image id: another stream gets the same image', async () => {
    await api.client.create(IMAGE_STREAMS, stream('web'));
    await push('web', '1.0', 'a');
    const other = await api.client.create(IMAGE_STREAM_TAGS, {
      apiVersion: GROUP_VERSION,
      kind: 'ImageStreamTag',
      metadata: { name: 'other:latest', namespace: 'p1' },
      tag: tagFrom('latest', { kind: 'ImageStreamImage', name: `web@${digest('a').slice(0, 20)}` }),
    } as ImageStreamTag);
    expect(other.image.metadata.name).toBe(digest('a'));
    expect(other.image.dockerImageReference).toBe(`${HOST}/p1/other@${digest('a')}`);
  });

  test('get, list and delete', async () => {
    const none = (name: string) => api.client.get(IMAGE_STREAM_TAGS, { namespace: 'p1', name });
    expect(await messageOf(none('nosuch:1'))).toBe(
      '404 imagestreamtags.image.openshift.io "nosuch" not found',
    );
    expect(await messageOf(none('nosuch'))).toBe(
      '400 ImageStreamTags must be retrieved with <name>:<tag>',
    );
    await api.client.create(IMAGE_STREAMS, stream('web'));
    await push('web', 'a', 'a');
    await push('web', 'b', 'b');
    expect(await messageOf(none('web:c'))).toBe(
      '404 imagestreamtags.image.openshift.io "web:c" not found',
    );
    const list = await api.client.list(IMAGE_STREAM_TAGS, { namespace: 'p1' });
    expect(list.items.map((one) => one.metadata.name)).toEqual(['web:a', 'web:b']);
    const named = (fieldSelector: string) =>
      api.client.list(IMAGE_STREAM_TAGS, { namespace: 'p1', fieldSelector });
    const one = await named('metadata.name=web:b');
    expect(one.items.map(({ metadata }) => metadata.name)).toEqual(['web:b']);
    expect(await messageOf(named('abc'))).toBe(
      "400 invalid selector: 'abc'; can't understand 'abc'",
    );
    expect(await messageOf(named('spec.x=1'))).toMatch(/^400 "spec.x" is not a known field/);
    await api.client.delete(IMAGE_STREAM_TAGS, { namespace: 'p1', name: 'web:a' });
    expect((await getStream('web')).status?.tags?.map((one) => one.tag)).toEqual(['b']);
    expect(
      await messageOf(api.client.delete(IMAGE_STREAM_TAGS, { namespace: 'p1', name: 'web:a' })),
    ).toBe('404 imagestreamtags.image.openshift.io "web:a" not found');
  });

  test('annotating a tag keeps its image; PUT of a new tag creates the stream', async () => {
    const object = {
      apiVersion: GROUP_VERSION,
      kind: 'ImageStreamTag',
      metadata: { name: 'web:1', namespace: 'p1' },
      tag: { name: '1', from: { kind: 'DockerImage', name: 'quay.io/a/b:1' }, reference: true },
    } as unknown as ImageStreamTag;
    await api.client.update(IMAGE_STREAM_TAGS, object);
    expect(latest(await getStream('web'), '1')).toMatchObject({
      dockerImageReference: 'quay.io/a/b:1',
      image: '',
      generation: 1,
    });
    const patch = { metadata: { annotations: { note: 'x' } } };
    await api.client.patch(
      IMAGE_STREAM_TAGS,
      { namespace: 'p1', name: 'web:1' },
      { type: 'application/merge-patch+json', body: patch },
    );
    expect((await getStream('web')).spec?.tags?.[0]).toMatchObject({
      annotations: { note: 'x' },
      from: { name: 'quay.io/a/b:1' },
    });
  });

  test('an ImageTag shows a tag that has no image yet', async () => {
    const tags = [tagFrom('next', { kind: 'ImageStreamTag', name: 'later' })];
    await api.client.create(IMAGE_STREAMS, stream('web', tags));
    const tag = await api.client.get(IMAGE_TAGS, { namespace: 'p1', name: 'web:next' });
    expect([tag.spec.from?.name, tag.status]).toEqual(['later', null]);
  });

  test('an image is found by a short id, and layers list its blobs', async () => {
    await api.client.create(IMAGE_STREAMS, stream('web'));
    await push('web', 'a', 'a');
    const found = await api.client.get(IMAGE_STREAM_IMAGES, {
      namespace: 'p1',
      name: 'web@aaaaaaa',
    });
    expect(found.image.metadata.name).toBe(digest('a'));
    const layers = await api.client.get(IMAGE_STREAMS, { namespace: 'p1', name: 'web' }, 'layers');
    expect(layers).toMatchObject({
      kind: 'ImageStreamLayers',
      images: { [digest('a')]: { layers: [digest('1'), digest('1')], config: digest('c') } },
    });
  });
});

describe('imports', () => {
  const importOf = (from: string, name = 'web'): ImageStreamImport => ({
    apiVersion: GROUP_VERSION,
    kind: 'ImageStreamImport',
    metadata: { name, namespace: 'p1' },
    spec: { import: true, images: [{ from: { kind: 'DockerImage', name: from } }] },
    status: {},
  });

  test('an unreachable registry leaves a condition that names it and how to mirror it', async () => {
    const result = await api.client.create(IMAGE_STREAM_IMPORTS, importOf('127.0.0.1:1/org/app:2'));
    const status = result.status.images?.[0]?.status;
    expect([status?.status, status?.reason]).toEqual(['Failure', 'InternalError']);
    expect(status?.message).toContain('127.0.0.1:1 cannot be reached');
    expect(status?.message).toContain('imageMirrors');
    const history = (await getStream('web')).status?.tags?.[0];
    expect([history?.tag, history?.items ?? [], history?.conditions?.[0]?.status]).toEqual([
      '2',
      [],
      'False',
    ]);
  });

  test('an image that only the engine has is imported by its tag', async () => {
    local = {
      id: digest('e'),
      repoDigests: [],
      createdAt: '2024-01-01T00:00:00.5Z',
      sizeBytes: 5,
      architecture: 'amd64',
      author: '',
      config: { env: ['A=b'], exposedPorts: ['8080/tcp'], labels: { l: 'v' } },
    };
    await api.client.create(IMAGE_STREAM_IMPORTS, importOf('127.0.0.1:1/org/app:2'));
    expect(latest(await getStream('web'), '2')).toMatchObject({
      image: digest('e'),
      dockerImageReference: '127.0.0.1:1/org/app:2',
    });
    const image = await api.client.get(IMAGES, { name: digest('e') });
    expect(image.dockerImageMetadata).toMatchObject({
      Config: { Env: ['A=b'], ExposedPorts: { '8080/tcp': {} }, Labels: { l: 'v' } },
    });
  });

  test('an import of nothing, or of something malformed, is refused', async () => {
    const empty = { ...importOf('x'), spec: { import: true } };
    expect(await messageOf(api.client.create(IMAGE_STREAM_IMPORTS, empty))).toContain(
      'you must specify at least one image or a repository import',
    );
    expect(await messageOf(api.client.create(IMAGE_STREAM_IMPORTS, importOf('a/UPPER')))).toContain(
      'spec.images[0].from.name: Invalid value: "a/UPPER"',
    );
  });
});
