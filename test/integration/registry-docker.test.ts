import { execFile, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { promisify } from 'node:util';
import { pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ImageStreamImport } from '../../src/apis/image.openshift.io/v1/types.ts';
import {
  IMAGE_STREAM_IMPORTS,
  IMAGE_STREAM_TAGS,
  IMAGE_STREAMS,
  IMAGES,
  SECRETS,
} from '../../src/apis/resource-types.ts';
import {
  type ImagePlatform,
  INTERNAL_REGISTRY,
  startImagePlatform,
} from './support/image-platform.ts';

const run = promisify(execFile);
const LAYER_BYTES = 100 * 1024 * 1024;
const PREFIX = `sampan-registry-test-${process.pid}`;

let platform: ImagePlatform;
let dockerConfig: string;
const made = new Set<string>();

async function docker(...args: string[]): Promise<string> {
  const env = { ...process.env, DOCKER_CONFIG: dockerConfig };
  return (await run('docker', args, { env, maxBuffer: 1 << 24 })).stdout.trim();
}

async function failureOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return '';
  } catch (error) {
    return error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
  }
}

/** makeImage imports an image of one file; random content does not compress. */
async function makeImage(reference: string, content: Buffer): Promise<void> {
  const child = spawn('docker', ['import', '--change', 'CMD ["/data"]', '-', reference], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const tar = pack();
  tar.entry({ name: 'data', mode: 0o755 }, content);
  tar.finalize();
  tar.pipe(child.stdin);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  await finished(child.stdin).catch(() => undefined);
  if (code !== 0) throw new Error(`docker import ended with ${code}`);
  made.add(reference);
}

function login(token: string): Promise<string> {
  return docker('login', '-u', 'anything', '-p', token, platform.host);
}

beforeAll(async () => {
  dockerConfig = await mkdtemp(join(tmpdir(), 'sampan-docker-config-'));
  platform = await startImagePlatform();
});

afterAll(async () => {
  for (const reference of made) await docker('rmi', '-f', reference).catch(() => undefined);
  await platform.close();
  await rm(dockerConfig, { recursive: true, force: true });
});

describe('docker', () => {
  test('login takes a token as the password and refuses a wrong one', async () => {
    expect(await failureOf(login('wrong'))).toContain('unauthorized');
    expect(await login('admin-token')).toContain('Login Succeeded');
  });

  test('push moves an image stream tag; pull by tag and digest gives the same image', async () => {
    const local = `${platform.host}/p1/app:v1`;
    await makeImage(local, Buffer.from('hello'));
    await docker('push', local);
    const tag = await platform.api.client.get(IMAGE_STREAM_TAGS, {
      namespace: 'p1',
      name: 'app:v1',
    });
    const digest = tag.image.metadata.name ?? '';
    expect(tag.image.dockerImageReference).toBe(`${INTERNAL_REGISTRY}/p1/app@${digest}`);
    expect(tag.image.dockerImageMetadata).toMatchObject({
      kind: 'DockerImage',
      Config: { Cmd: ['/data'] },
    });
    const id = await docker('inspect', '--format', '{{.Id}}', local);
    await docker('rmi', '-f', local);
    await docker('pull', '-q', local);
    const byDigest = `${platform.host}/p1/app@${digest}`;
    await docker('pull', '-q', byDigest);
    expect(await docker('inspect', '--format', '{{.Id}}', local)).toBe(id);
    made.add(byDigest);
  });

  test('a second push of the same layers sends none, also to another repository', async () => {
    const other = `${platform.host}/p2/copy:v1`;
    await docker('tag', `${platform.host}/p1/app:v1`, other);
    made.add(other);
    const output = await docker('push', other);
    expect(output).toContain('Mounted from p1/app');
  });

  test('a user who may only pull cannot push', async () => {
    await login('viewer-token');
    const local = `${platform.host}/p1/app:v1`;
    await docker('pull', '-q', local);
    expect(await failureOf(docker('push', local))).toContain('denied');
    await docker('logout', platform.host);
    expect(await failureOf(docker('pull', local))).toMatch(/unauthorized|denied|no basic auth/);
    await login('admin-token');
  });

  test('images of 100 MB go through with constant memory', async () => {
    let peakBytes = 0;
    const contents = [randomBytes(LAYER_BYTES), randomBytes(LAYER_BYTES)];
    const references = contents.map((_, index) => `${platform.host}/p1/${PREFIX}-${index}:big`);
    for (const [index, reference] of references.entries())
      await makeImage(reference, contents[index] ?? Buffer.alloc(0));
    contents.length = 0;
    global.gc?.();
    const before = process.memoryUsage();
    const sampler = setInterval(() => {
      const { heapUsed, external } = process.memoryUsage();
      peakBytes = Math.max(peakBytes, heapUsed + external - before.heapUsed - before.external);
    }, 20);
    await Promise.all(references.map((reference) => docker('push', reference)));
    await Promise.all(references.map((reference) => docker('rmi', '-f', reference)));
    await Promise.all(references.map((reference) => docker('pull', '-q', reference)));
    clearInterval(sampler);
    expect(peakBytes).toBeLessThan(LAYER_BYTES / 2);
  });
});

describe('imports', () => {
  const importOf = (name: string, from: string): ImageStreamImport => ({
    apiVersion: 'image.openshift.io/v1',
    kind: 'ImageStreamImport',
    metadata: { name, namespace: 'p3' },
    spec: {
      import: true,
      images: [
        {
          from: { kind: 'DockerImage', name: from },
          to: { name: 'v1' },
          referencePolicy: { type: 'Local' },
        },
      ],
    },
    status: {},
  });

  test('an image of another registry is imported and pulled through', async () => {
    const upstream = await startImagePlatform();
    try {
      const source = `${upstream.host}/lib/base:v1`;
      await docker('login', '-u', 'x', '-p', 'admin-token', upstream.host);
      await makeImage(source, randomBytes(1000));
      await docker('push', source);
      const digest = (
        await upstream.api.client.get(IMAGE_STREAM_TAGS, { namespace: 'lib', name: 'base:v1' })
      ).image.metadata.name;

      const refused = await platform.api.client.create(
        IMAGE_STREAM_IMPORTS,
        importOf('base', source),
      );
      expect(refused.status.images?.[0]?.status).toMatchObject({
        reason: 'Unauthorized',
        message: `you may not have access to the container image "${source}"`,
      });

      const auths = { [upstream.host]: { username: 'x', password: 'admin-token' } };
      await platform.api.client.create(SECRETS, {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'pull', namespace: 'p3' },
        type: 'kubernetes.io/dockerconfigjson',
        data: { '.dockerconfigjson': Buffer.from(JSON.stringify({ auths })).toString('base64') },
      });
      await platform.api.client.create(IMAGE_STREAM_IMPORTS, importOf('base', source));
      const tag = await platform.api.client.get(IMAGE_STREAM_TAGS, {
        namespace: 'p3',
        name: 'base:v1',
      });
      expect(tag.image.metadata.name).toBe(digest);
      expect(tag.image.dockerImageReference).toBe(`${INTERNAL_REGISTRY}/p3/base@${digest}`);
      const stream = await platform.api.client.get(IMAGE_STREAMS, {
        namespace: 'p3',
        name: 'base',
      });
      expect(stream.status?.tags?.[0]?.items[0]?.dockerImageReference).toBe(
        `${upstream.host}/lib/base@${digest}`,
      );
      expect(stream.status?.tags?.[0]?.conditions).toBeUndefined();

      const local = `${platform.host}/p3/base:v1`;
      await docker('rmi', '-f', source);
      await docker('pull', '-q', local);
      made.add(local);
      const missing = importOf('base', `${upstream.host}/lib/none:v1`);
      const answer = await platform.api.client.create(IMAGE_STREAM_IMPORTS, missing);
      expect(answer.status.images?.[0]?.status.message).toBe(
        `dockerimage.image.openshift.io "${upstream.host}/lib/none:v1" not found`,
      );
    } finally {
      await upstream.close();
    }
  });
});

test('a full disk is said plainly and leaves nothing half done', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sampan-full-disk-'));
  await run('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', directory]);
  const small = await startImagePlatform({ directory });
  try {
    const call = (method: string, path: string, body?: Buffer) =>
      fetch(`http://${small.host}${path}`, {
        method,
        headers: { authorization: 'Bearer admin-token' },
        ...(body ? { body } : {}),
      });
    const location =
      (await call('POST', '/v2/p1/app/blobs/uploads/')).headers.get('location') ?? '';
    const first = randomBytes(1024 * 1024);
    expect((await call('PATCH', location, first)).status).toBe(202);
    const full = await call('PATCH', location, randomBytes(8 * 1024 * 1024));
    expect(full.status).toBe(507);
    expect(await full.text()).toContain('no space left on device');
    // What was acknowledged before is still there, and nothing more.
    expect((await call('GET', location)).headers.get('range')).toBe(`0-${first.length - 1}`);
    const digest = `sha256:${createHash('sha256').update(first).digest('hex')}`;
    expect((await call('PUT', `${location}?digest=${digest}`)).status).toBe(201);
    expect((await call('HEAD', `/v2/p1/app/blobs/${digest}`)).status).toBe(200);
  } finally {
    await small.close();
    await run('umount', [directory]);
    await rm(directory, { recursive: true, force: true });
  }
});

test('images that were pushed are objects of the API', async () => {
  const { items } = await platform.api.client.list(IMAGES);
  expect(items.length).toBeGreaterThan(0);
  for (const image of items) expect(image.dockerImageManifest).toBeUndefined();
});
