import { afterEach, beforeEach, expect, test } from 'vitest';
import type {
  ImageImportSpec,
  ImageStreamImport,
} from '../../src/apis/image.openshift.io/v1/types.ts';
import { IMAGE_STREAM_IMPORTS, IMAGE_STREAMS } from '../../src/apis/resource-types.ts';
import {
  MANIFEST_TYPE,
  newRegistryFixture,
  pushImage,
  type RegistryFixture,
} from '../../src/registry/fake/registry-fixture.ts';
import { type ImagePlatform, startImagePlatform } from './support/image-platform.ts';

const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json';
let upstream: RegistryFixture;
let platform: ImagePlatform;

beforeEach(async () => {
  upstream = await newRegistryFixture({ canAccess: async () => true });
  platform = await startImagePlatform({
    mirrors: [
      { source: 'docker.io/centos', mirrors: ['127.0.0.1:1/dead', `${upstream.host}/lib`] },
      {
        source: 'registry.invalid',
        mirrors: ['127.0.0.1:1/dead'],
        mirrorSourcePolicy: 'NeverContactSource',
      },
    ],
  });
});
afterEach(async () => {
  await platform.close();
  await upstream.close();
});

function importImages(
  images: ImageImportSpec[],
  more: Partial<ImageStreamImport['spec']> = {},
): Promise<ImageStreamImport> {
  return platform.api.client.create(IMAGE_STREAM_IMPORTS, {
    apiVersion: 'image.openshift.io/v1',
    kind: 'ImageStreamImport',
    metadata: { name: 'base', namespace: 'p1' },
    spec: { import: true, ...(images.length > 0 ? { images } : {}), ...more },
    status: {},
  });
}
const docker = (name: string) => ({ kind: 'DockerImage', name });
const stream = () => platform.api.client.get(IMAGE_STREAMS, { namespace: 'p1', name: 'base' });

test('a mirror stands in for a registry that is never asked, and the name stays', async () => {
  const pushed = await pushImage(upstream, 'lib/ruby-22-centos7', { tag: 'latest' });
  await importImages([{ from: docker('centos/ruby-22-centos7'), to: { name: 'latest' } }]);
  expect((await stream()).status?.tags?.[0]).toMatchObject({
    tag: 'latest',
    items: [
      {
        image: pushed.digest,
        dockerImageReference: `centos/ruby-22-centos7@${pushed.digest}`,
      },
    ],
  });
});

test('several places that fail are told together', async () => {
  const result = await importImages([{ from: docker('registry.invalid/a/b:1') }]);
  const message = result.status.images?.[0]?.status.message ?? '';
  expect(message).toContain('registry.invalid/a/b:1: 127.0.0.1:1 cannot be reached');
  expect(message).toContain('imageMirrors');
});

test('each image has its own status, and one failure does not spoil the others', async () => {
  await pushImage(upstream, 'lib/app', { tag: 'v1' });
  const names = ['lib/app:v1', 'lib/app:none', 'lib/missing:v1'];
  const result = await importImages(
    names.map((name) => ({
      from: docker(`${upstream.host}/${name}`),
      to: { name: name.replace(/\W/g, '-') },
    })),
  );
  expect(result.status.images?.map((one) => one.status.reason ?? one.status.status)).toEqual([
    'Success',
    'NotFound',
    'NotFound',
  ]);
  const current = await stream();
  expect(current.status?.tags?.map((one) => one.conditions?.[0]?.reason)).toEqual([
    'NotFound',
    undefined,
    'NotFound',
  ]);
  // The same failures again change nothing: no new version of the stream.
  await importImages(
    names.map((name) => ({
      from: docker(`${upstream.host}/${name}`),
      to: { name: name.replace(/\W/g, '-') },
    })),
  );
  expect((await stream()).metadata.resourceVersion).toBe(current.metadata.resourceVersion);
});

test('a dry run tells what would be imported and stores nothing', async () => {
  const pushed = await pushImage(upstream, 'lib/app', { tag: 'v1' });
  const result = await importImages([{ from: docker(`${upstream.host}/lib/app:v1`) }], {
    import: false,
  });
  expect(result.status.images?.[0]?.image?.metadata.name).toBe(pushed.digest);
  expect((await platform.api.client.list(IMAGE_STREAMS)).items).toEqual([]);
});

test('all tags of a repository are imported', async () => {
  for (const tag of ['1.0', 'latest', '1.1'])
    await pushImage(upstream, 'lib/app', { tag, layer: tag });
  const repository = { from: docker(`${upstream.host}/lib/app`) };
  const result = await importImages([], { repository });
  expect(result.status.repository?.images?.map((one) => one.tag)).toEqual(['latest', '1.1', '1.0']);
  expect((await stream()).spec?.tags?.map((one) => one.from?.name)).toEqual([
    `${upstream.host}/lib/app:1.0`,
    `${upstream.host}/lib/app:1.1`,
    `${upstream.host}/lib/app:latest`,
  ]);
});

test('of an index one platform is chosen, or with PreserveOriginal all are kept', async () => {
  const children = [];
  for (const architecture of ['arm64', 'amd64'])
    children.push({
      architecture,
      ...(await pushImage(upstream, 'lib/multi', { tag: '', layer: architecture })),
    });
  const index = JSON.stringify({
    schemaVersion: 2,
    mediaType: INDEX_TYPE,
    manifests: children.map(({ digest, manifest, architecture }) => ({
      mediaType: MANIFEST_TYPE,
      digest,
      size: manifest.length,
      platform: { architecture, os: 'linux' },
    })),
  });
  const put = await upstream.call('PUT', '/v2/lib/multi/manifests/v1', {
    body: index,
    headers: { 'content-type': INDEX_TYPE },
  });
  expect(put.status).toBe(201);
  const from = docker(`${upstream.host}/lib/multi:v1`);
  const legacy = await importImages([{ from, to: { name: 'one' } }]);
  expect(children.map((one) => one.digest)).toContain(
    legacy.status.images?.[0]?.image?.metadata.name,
  );
  const importPolicy = { importMode: 'PreserveOriginal' };
  const kept = await importImages([{ from, to: { name: 'all' }, importPolicy }]);
  expect(kept.status.images?.[0]?.manifests?.map((one) => one.metadata.name)).toEqual(
    children.map((one) => one.digest),
  );
  expect(kept.status.images?.[0]?.image?.dockerImageManifests).toMatchObject([
    { architecture: 'arm64' },
    { architecture: 'amd64' },
  ]);
});
