import { createHash, randomUUID } from 'node:crypto';
import { stat, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  MANIFEST_TYPE,
  newRegistryFixture,
  pushBlob,
  pushImage,
  type RegistryFixture,
  sha256,
} from './fake/registry-fixture.ts';

let fixture: RegistryFixture;
beforeEach(async () => {
  fixture = await newRegistryFixture();
});
afterEach(() => fixture.close());

async function codeOf(answer: Response): Promise<string> {
  const body = (await answer.json()) as { errors: { code: string }[] };
  return `${answer.status} ${body.errors[0]?.code}`;
}

describe('uploads', () => {
  const begin = async (repository = 'p1/app') =>
    (await fixture.call('POST', `/v2/${repository}/blobs/uploads/`)).headers.get('location') ?? '';

  test('a chunked upload is resumed after a restart where it stopped', async () => {
    const location = await begin();
    const first = await fixture.call('PATCH', location, {
      body: 'hello ',
      headers: { 'content-range': '0-5' },
    });
    expect([first.status, first.headers.get('range')]).toEqual([202, '0-5']);
    await fixture.restart();
    const status = await fixture.call('GET', location);
    expect([status.status, status.headers.get('range')]).toEqual([204, '0-5']);
    await fixture.call('PATCH', location, { body: 'world', headers: { 'content-range': '6-10' } });
    const digest = sha256('hello world');
    const end = await fixture.call('PUT', `${location}?digest=${digest}`);
    expect([end.status, end.headers.get('docker-content-digest')]).toEqual([201, digest]);
    const blob = await fixture.call('GET', `/v2/p1/app/blobs/${digest}`);
    expect(await blob.text()).toBe('hello world');
    expect(await codeOf(await fixture.call('GET', location))).toBe('404 BLOB_UPLOAD_UNKNOWN');
  });

  test('a chunk out of order is refused with what is expected, and changes nothing', async () => {
    const location = await begin();
    await fixture.call('PATCH', location, { body: 'abc' });
    const wrong = await fixture.call('PATCH', location, {
      body: 'x',
      headers: { 'content-range': '7-7' },
    });
    expect(wrong.headers.get('range')).toBe('0-2');
    expect(await codeOf(wrong)).toBe('416 RANGE_INVALID');
    const short = await fixture.call('PATCH', location, {
      body: 'xy',
      headers: { 'content-range': '3-9' },
    });
    expect(await codeOf(short)).toBe('400 SIZE_INVALID');
    expect((await fixture.call('GET', location)).headers.get('range')).toBe('0-2');
  });

  test('content that does not match its digest is discarded', async () => {
    const location = await begin();
    await fixture.call('PATCH', location, { body: 'corrupt' });
    const end = await fixture.call('PUT', `${location}?digest=${sha256('sound')}`);
    expect(await codeOf(end)).toBe('400 DIGEST_INVALID');
    expect((await fixture.call('GET', location)).status).toBe(404);
    expect((await fixture.call('HEAD', `/v2/p1/app/blobs/${sha256('corrupt')}`)).status).toBe(404);
  });

  test('a sender that breaks off can go on where its connection ended', async () => {
    const location = await begin();
    await new Promise<void>((resolve) => {
      const [hostname = '', port] = fixture.host.split(':');
      const headers = { authorization: 'Bearer alice-token', 'content-length': '11' };
      const options = { hostname, port, path: location, method: 'PATCH', headers };
      const sent = request(options);
      sent.on('error', () => resolve());
      sent.write('hello ', () => setTimeout(() => sent.destroy(), 50));
    });
    await expect
      .poll(async () => (await fixture.call('GET', location)).headers.get('range'))
      .toBe('0-5');
    await fixture.call('PATCH', location, { body: 'world', headers: { 'content-range': '6-10' } });
    const end = await fixture.call('PUT', `${location}?digest=${sha256('hello world')}`);
    expect(end.status).toBe(201);
  });

  test('sha512 is verified too', async () => {
    const digest = `sha512:${createHash('sha512').update('five').digest('hex')}`;
    const path = `/v2/p1/app/blobs/uploads/?digest=${digest}`;
    expect((await fixture.call('POST', path, { body: 'five' })).status).toBe(201);
    expect(await codeOf(await fixture.call('POST', path, { body: 'six' }))).toBe(
      '400 DIGEST_INVALID',
    );
  });

  test('an upload belongs to its repository and can be cancelled', async () => {
    const location = await begin('p1/app');
    const elsewhere = location.replace('p1/app', 'p2/app');
    expect(await codeOf(await fixture.call('GET', elsewhere))).toBe('404 BLOB_UPLOAD_UNKNOWN');
    expect((await fixture.call('DELETE', location)).status).toBe(204);
    expect((await fixture.call('GET', location)).status).toBe(404);
  });

  test('a mount needs the right to read the source', async () => {
    const digest = await pushBlob(fixture, 'p2/secret', 'shared');
    const mount = `/v2/p1/app/blobs/uploads/?mount=${digest}&from=p2/secret`;
    expect((await fixture.call('POST', mount)).status).toBe(201);
    expect((await fixture.call('HEAD', `/v2/p1/app/blobs/${digest}`)).status).toBe(200);
    const unknown = `/v2/p1/app/blobs/uploads/?mount=${sha256('none')}&from=p2/secret`;
    expect((await fixture.call('POST', unknown)).status).toBe(202);
    const traversal = `/v2/p1/app/blobs/uploads/?mount=${digest}&from=../../p2/secret`;
    expect((await fixture.call('POST', traversal)).status).toBe(202);
  });
});

describe('blobs', () => {
  test('ranges', async () => {
    const path = `/v2/p1/app/blobs/${await pushBlob(fixture, 'p1/app', '0123456789')}`;
    const cases: [range: string, status: number, text: string | undefined][] = [
      ['bytes=2-4', 206, '234'],
      ['bytes=7-', 206, '789'],
      ['bytes=-2', 206, '89'],
      ['bytes=8-100', 206, '89'],
      ['bytes=10-', 416, undefined],
      ['lines=1-2', 200, '0123456789'],
    ];
    for (const [range, status, text] of cases) {
      const answer = await fixture.call('GET', path, { headers: { range } });
      expect([range, answer.status]).toEqual([range, status]);
      if (text !== undefined) expect(await answer.text()).toBe(text);
    }
  });

  test('a blob of another repository is unknown until it is linked, and gone after DELETE', async () => {
    const digest = await pushBlob(fixture, 'p2/app', 'private');
    expect(await codeOf(await fixture.call('GET', `/v2/p1/app/blobs/${digest}`))).toBe(
      '404 BLOB_UNKNOWN',
    );
    expect((await fixture.call('DELETE', `/v2/p2/app/blobs/${digest}`)).status).toBe(202);
    expect((await fixture.call('HEAD', `/v2/p2/app/blobs/${digest}`)).status).toBe(404);
  });
});

describe('manifests', () => {
  test('a push by tag moves the tag of the stream and is pulled by tag and digest', async () => {
    const image = await pushImage(fixture, 'p1/app', { tag: 'latest' });
    for (const reference of ['latest', image.digest]) {
      const answer = await fixture.call('GET', `/v2/p1/app/manifests/${reference}`);
      expect(answer.headers.get('content-type')).toBe(MANIFEST_TYPE);
      expect(answer.headers.get('docker-content-digest')).toBe(image.digest);
      expect(await answer.text()).toBe(image.manifest);
    }
    const head = await fixture.call('HEAD', '/v2/p1/app/manifests/latest');
    expect(head.headers.get('content-length')).toBe(String(image.manifest.length));
    expect(fixture.imageStreams.pushes[0]).toMatchObject({
      tag: 'latest',
      user: { name: 'alice' },
    });
    expect(new TextDecoder().decode(fixture.imageStreams.pushes[0]?.config)).toContain('amd64');
  });

  const bad: [name: string, body: string, type: string, expected: string][] = [
    ['not JSON', '{', MANIFEST_TYPE, '400 MANIFEST_INVALID'],
    ['schema 1', '{"schemaVersion":1}', MANIFEST_TYPE, '400 MANIFEST_INVALID'],
    ['a wrong type', '{"schemaVersion":2,"mediaType":"text/plain"}', '', '400 MANIFEST_INVALID'],
    [
      'a traversal as digest',
      `{"schemaVersion":2,"config":{"digest":"sha256:../../x","size":1,"mediaType":"a"}}`,
      MANIFEST_TYPE,
      '400 MANIFEST_INVALID',
    ],
    [
      'an unknown blob',
      JSON.stringify({
        schemaVersion: 2,
        config: { mediaType: 'a/b', digest: sha256('none'), size: 4 },
      }),
      MANIFEST_TYPE,
      '404 MANIFEST_BLOB_UNKNOWN',
    ],
    ['5 MB', ' '.repeat(5_000_000), MANIFEST_TYPE, '413 MANIFEST_INVALID'],
  ];
  test.each(bad)('%s is refused', async (_name, body, type, expected) => {
    const answer = await fixture.call('PUT', '/v2/p1/app/manifests/v1', {
      body,
      headers: { 'content-type': type },
    });
    expect(await codeOf(answer)).toBe(expected);
    expect(fixture.imageStreams.pushes).toHaveLength(0);
  });

  test('a manifest pushed under another digest is refused', async () => {
    const { manifest } = await pushImage(fixture, 'p1/app', { tag: '' });
    const answer = await fixture.call('PUT', `/v2/p1/app/manifests/${sha256('other')}`, {
      body: manifest,
      headers: { 'content-type': MANIFEST_TYPE },
    });
    expect(await codeOf(answer)).toBe('400 DIGEST_INVALID');
  });

  test('an index needs its manifests', async () => {
    const { digest, manifest } = await pushImage(fixture, 'p1/app', { tag: '' });
    const type = 'application/vnd.oci.image.index.v1+json';
    const index = (child: string) =>
      JSON.stringify({
        schemaVersion: 2,
        mediaType: type,
        manifests: [{ mediaType: MANIFEST_TYPE, digest: child, size: manifest.length }],
      });
    const put = (child: string) =>
      fixture.call('PUT', '/v2/p1/app/manifests/multi', {
        body: index(child),
        headers: { 'content-type': type },
      });
    expect(await codeOf(await put(sha256('none')))).toBe('404 MANIFEST_BLOB_UNKNOWN');
    expect((await put(digest)).status).toBe(201);
    const got = await fixture.call('GET', '/v2/p1/app/manifests/multi');
    expect(got.headers.get('content-type')).toBe(type);
  });

  test('referrers list by subject and artifact type', async () => {
    const { digest, manifest } = await pushImage(fixture, 'p1/app', { tag: 'v1' });
    const subject = { mediaType: MANIFEST_TYPE, digest, size: manifest.length };
    const extra = { subject, artifactType: 'application/x-sbom', annotations: { a: 'b' } };
    const referrer = await pushImage(fixture, 'p1/app', { tag: '', extra });
    type Index = { manifests: { digest: string; artifactType: string; annotations: object }[] };
    const list = async (query: string) =>
      (await (await fixture.call('GET', `/v2/p1/app/referrers/${digest}${query}`)).json()) as Index;
    expect((await list('')).manifests).toMatchObject([
      { digest: referrer.digest, artifactType: 'application/x-sbom', annotations: { a: 'b' } },
    ]);
    expect((await list('?artifactType=application/x-other')).manifests).toEqual([]);
    await fixture.call('DELETE', `/v2/p1/app/manifests/${referrer.digest}`);
    expect((await list('')).manifests).toEqual([]);
  });

  test('an image tagged from another stream is pulled from both, and only then', async () => {
    const image = await pushImage(fixture, 'p2/src', { tag: 'v1' });
    const [manifestPath, blobPath] = [
      `/v2/p1/copy/manifests/${image.digest}`,
      `/v2/p1/copy/blobs/${image.layer}`,
    ];
    expect((await fixture.call('GET', manifestPath)).status).toBe(404);
    fixture.imageStreams.setTag('p1/copy', 'v1', { digest: image.digest, reference: 'x' });
    expect((await fixture.call('GET', manifestPath, { token: 'bob-token' })).status).toBe(200);
    expect((await fixture.call('GET', blobPath, { token: 'bob-token' })).status).toBe(200);
  });

  test('a deleted manifest is gone with its tags, and comes back by a push', async () => {
    const image = await pushImage(fixture, 'p1/app', { tag: 'v1' });
    const path = `/v2/p1/app/manifests/${image.digest}`;
    expect((await fixture.call('DELETE', path)).status).toBe(202);
    expect(await codeOf(await fixture.call('GET', path))).toBe('404 MANIFEST_UNKNOWN');
    expect((await fixture.call('GET', '/v2/p1/app/manifests/v1')).status).toBe(404);
    await pushImage(fixture, 'p1/app', { tag: 'v1' });
    expect((await fixture.call('GET', path)).status).toBe(200);
  });
});

describe('listings', () => {
  test('tags are paged in order', async () => {
    for (const tag of ['b', 'a', 'c']) await pushImage(fixture, 'p1/app', { tag });
    const first = await fixture.call('GET', '/v2/p1/app/tags/list?n=2');
    expect(await first.json()).toEqual({ name: 'p1/app', tags: ['a', 'b'] });
    const link = /<(.*)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    const second = await fixture.call('GET', link);
    expect(await second.json()).toEqual({ name: 'p1/app', tags: ['c'] });
    expect(second.headers.get('link')).toBeNull();
    expect(await codeOf(await fixture.call('GET', '/v2/p1/none/tags/list'))).toBe(
      '404 NAME_UNKNOWN',
    );
    expect(await codeOf(await fixture.call('GET', '/v2/p1/app/tags/list?n=-1'))).toBe(
      '400 PAGINATION_NUMBER_INVALID',
    );
  });

  test('the catalogue shows what the user may pull', async () => {
    await pushImage(fixture, 'p1/app', { tag: 'a' });
    await pushImage(fixture, 'p2/app', { tag: 'a' });
    const names = async (token: string) =>
      (await (await fixture.call('GET', '/v2/_catalog', { token })).json()) as object;
    expect(await names('alice-token')).toEqual({ repositories: ['p1/app', 'p2/app'] });
    expect(await names('bob-token')).toEqual({ repositories: ['p1/app'] });
  });
});

describe('access', () => {
  test('without credentials a challenge names the token service and the scope', async () => {
    const base = await fixture.call('GET', '/v2/', { token: null });
    const realm = `Bearer realm="http://${fixture.host}/openshift/token",service="${fixture.host}"`;
    expect([base.status, base.headers.get('www-authenticate')]).toEqual([401, realm]);
    const pull = await fixture.call('GET', '/v2/p1/app/manifests/v1', { token: null });
    expect(pull.headers.get('www-authenticate')).toBe(`${realm},scope="repository:p1/app:pull"`);
    const wrong = await fixture.call('GET', '/v2/', { token: 'wrong' });
    expect(wrong.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  test('Basic with any name and the token works, and is exchanged for a bearer token', async () => {
    const basic = (token: string) => ({
      authorization: `Basic ${Buffer.from(`anything:${token}`).toString('base64')}`,
    });
    const get = (path: string, token: string) =>
      fixture.call('GET', path, { token: null, headers: basic(token) });
    expect((await get('/v2/', 'alice-token')).status).toBe(200);
    expect((await get('/v2/', 'wrong')).status).toBe(401);
    expect(await (await get('/openshift/token', 'bob-token')).json()).toMatchObject({
      token: 'bob-token',
      access_token: 'bob-token',
    });
    expect((await get('/openshift/token', 'wrong')).status).toBe(401);
    expect(
      await (await fixture.call('GET', '/openshift/token', { token: null })).json(),
    ).toMatchObject({ token: 'anonymous' });
  });

  test('a user who may not is denied', async () => {
    await pushImage(fixture, 'p1/app', { tag: 'v1' });
    const call = (method: string, path: string) =>
      fixture.call(method, path, { token: 'bob-token' });
    expect((await call('GET', '/v2/p1/app/manifests/v1')).status).toBe(200);
    for (const [method, path] of [
      ['GET', '/v2/p2/app/manifests/v1'],
      ['POST', '/v2/p1/app/blobs/uploads/'],
      ['PUT', '/v2/p1/app/manifests/v1'],
      ['DELETE', '/v2/p1/app/manifests/v1'],
    ] as const)
      expect(await codeOf(await call(method, path))).toBe('403 DENIED');
  });
});

describe('names', () => {
  test.each([
    '/v2/p1/../../etc/blobs/uploads/',
    '/v2/..%2f..%2fetc/x/blobs/uploads/',
    '/v2/p1%2f..%2f..%2fx/tags/list',
    '/v2/one/tags/list',
    '/v2/a/b/c/tags/list',
    '/v2/P1/App/tags/list',
    `/v2/p1/${'a'.repeat(300)}/tags/list`,
  ])('%s names no repository', async (path) => {
    const status = await new Promise<number>((resolve, reject) => {
      const [hostname = '', port] = fixture.host.split(':');
      const headers = { authorization: 'Bearer alice-token' };
      const sent = request({ hostname, port, path, method: 'GET', headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      });
      sent.on('error', reject).end();
    });
    expect([400, 404]).toContain(status);
  });

  test('a method that a path does not have is unsupported', async () => {
    expect(await codeOf(await fixture.call('PUT', '/v2/p1/app/tags/list'))).toBe('405 UNSUPPORTED');
    expect((await fixture.call('GET', '/v3/')).status).toBe(404);
    expect((await fixture.call('GET', '//')).status).toBe(404);
  });
});

test('garbage collection removes what a crash in the middle of a write left behind', async () => {
  const { layer, digest } = await pushImage(fixture, 'p1/app', { tag: 'v1' });
  const hex = layer.slice('sha256:'.length);
  const torn = [
    `blobs/sha256/${hex.slice(0, 2)}/${hex}`,
    `repositories/p1/app/_blobs/sha256/${hex}`,
    `repositories/p1/app/_manifests/sha256/${digest.slice('sha256:'.length)}`,
  ].map((path) => join(fixture.directory, `${path}.${randomUUID()}.tmp`));
  for (const path of torn) await writeFile(path, 'half');
  await new Promise((resolve) => setTimeout(resolve, 10));
  await fixture.registry.collectGarbage(0);
  for (const path of torn) await expect(stat(path)).rejects.toThrow('ENOENT');
  expect((await fixture.call('HEAD', `/v2/p1/app/blobs/${layer}`)).status).toBe(200);
});

test('garbage collection keeps repositories whose names are like those of unfinished files', async () => {
  const { layer } = await pushImage(fixture, 'p1/app.tmp', { tag: 'v1' });
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await fixture.registry.collectGarbage(0)).toMatchObject({ manifests: 0, blobs: 0 });
  expect((await fixture.call('GET', '/v2/p1/app.tmp/manifests/v1')).status).toBe(200);
  expect((await fixture.call('HEAD', `/v2/p1/app.tmp/blobs/${layer}`)).status).toBe(200);
});

test('garbage collection keeps what runs, also without a stream', async () => {
  const running = await pushImage(fixture, 'p1/gone', { tag: '', layer: 'running' });
  fixture.imageStreams.inUse.add(running.digest);
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await fixture.registry.collectGarbage(0)).toMatchObject({ manifests: 0, blobs: 0 });
});

test('garbage collection keeps what streams name and what is young', async () => {
  const kept = await pushImage(fixture, 'p1/app', { tag: 'v1', layer: 'kept' });
  const dropped = await pushImage(fixture, 'p1/app', { tag: '', layer: 'dropped' });
  const young = await fixture.registry.collectGarbage(60_000);
  expect(young).toEqual({ manifests: 0, blobs: 0, freedBytes: 0, uploads: 0 });
  await new Promise((resolve) => setTimeout(resolve, 10));
  const report = await fixture.registry.collectGarbage(0);
  expect(report).toMatchObject({ manifests: 1, blobs: 2 });
  const get = async (path: string) => (await fixture.call('GET', `/v2/p1/app/${path}`)).status;
  expect(await get(`blobs/${kept.layer}`)).toBe(200);
  expect(await get('manifests/v1')).toBe(200);
  expect(await get(`blobs/${dropped.layer}`)).toBe(404);
  expect(await get(`manifests/${dropped.digest}`)).toBe(404);
});
