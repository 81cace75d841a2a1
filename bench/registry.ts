import { createHash, randomBytes } from 'node:crypto';
import {
  newRegistryFixture,
  pushBlob,
  pushImage,
  type RegistryFixture,
} from '../src/registry/fake/registry-fixture.ts';
import { elapsedMs, type Result } from './load/figures.ts';

const MIB = 1024 * 1024;
const BLOB_MIB = 256;
const IMAGES = 50;
const HEADS = 1000;

function perSecond(count: number, ms: number): number {
  return count / (ms / 1000);
}

async function* chunksOf(chunk: Buffer, count: number): AsyncGenerator<Buffer> {
  for (let index = 0; index < count; index++) yield chunk;
}

async function upload(fixture: RegistryFixture, chunk: Buffer): Promise<string> {
  const hash = createHash('sha256');
  for (let index = 0; index < BLOB_MIB; index++) hash.update(chunk);
  const digest = `sha256:${hash.digest('hex')}`;
  const headers = { authorization: 'Bearer alice-token' };
  const begun = await fixture.call('POST', '/v2/p1/big/blobs/uploads/');
  const location = begun.headers.get('location') ?? '';
  const body = chunksOf(chunk, BLOB_MIB) as unknown as ReadableStream;
  const init = { method: 'PATCH', headers, body, duplex: 'half' } as RequestInit;
  await fetch(`http://${fixture.host}${location}`, init);
  const end = await fixture.call('PUT', `${location}?digest=${digest}`);
  if (end.status !== 201) throw new Error(`upload: ${end.status}`);
  return digest;
}

async function download(fixture: RegistryFixture, digest: string): Promise<void> {
  const answer = await fixture.call('GET', `/v2/p1/big/blobs/${digest}`);
  let size = 0;
  for await (const chunk of answer.body ?? []) size += chunk.byteLength;
  if (size !== BLOB_MIB * MIB) throw new Error(`download: ${size} bytes`);
}

/** run measures the registry over HTTP on the loopback interface, with durable writes. */
export async function run(): Promise<Result> {
  const fixture = await newRegistryFixture();
  try {
    const chunk = randomBytes(MIB);
    let digest = '';
    const upMs = await elapsedMs(async () => {
      digest = await upload(fixture, chunk);
    });
    const downMs = await elapsedMs(() => download(fixture, digest));
    await pushBlob(fixture, 'p1/app', 'warm');
    const pushesMs = await elapsedMs(async () => {
      for (let index = 0; index < IMAGES; index++)
        await pushImage(fixture, 'p1/app', { tag: `t${index}`, layer: `layer ${index}` });
    });
    const headsMs = await elapsedMs(async () => {
      for (let index = 0; index < HEADS; index++)
        await fixture.call('HEAD', '/v2/p1/app/manifests/t1');
    });
    return {
      name: 'registry',
      rows: [
        {
          work: `push one blob of ${BLOB_MIB} MiB`,
          value: perSecond(BLOB_MIB, upMs),
          unit: 'MiB/s',
        },
        {
          work: `pull one blob of ${BLOB_MIB} MiB`,
          value: perSecond(BLOB_MIB, downMs),
          unit: 'MiB/s',
        },
        {
          work: 'push small images, one after another',
          value: perSecond(IMAGES, pushesMs),
          unit: '/s',
        },
        { work: 'resolve a tag (HEAD manifest)', value: perSecond(HEADS, headsMs), unit: '/s' },
      ],
    };
  } finally {
    await fixture.close();
  }
}
