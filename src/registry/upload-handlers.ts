import type { IncomingMessage } from 'node:http';
import { type Digest, parseDigest } from './digest.ts';
import { answer, type Exchange } from './exchange.ts';
import { RegistryError } from './registry-error.ts';
import { isRepositoryName } from './routes.ts';
import { type ChunkOptions, rangeOf } from './upload-store.ts';

interface UploadTarget {
  readonly repository: string;
  readonly id: string;
}

function chunkOptions(request: IncomingMessage): ChunkOptions {
  const header = request.headers['content-range'];
  if (header === undefined) return {};
  const match = /^(?:bytes )?(\d+)-(\d+)(?:\/\d+|\/\*)?$/.exec(header.trim());
  const [start, end] = [Number(match?.[1]), Number(match?.[2])];
  if (!match || end < start)
    throw new RegistryError('BLOB_UPLOAD_INVALID', 'the Content-Range is not valid', {
      detail: { contentRange: header.slice(0, 100) },
    });
  return { start, lengthBytes: end - start + 1 };
}

function progress(target: UploadTarget, sizeBytes: number): Record<string, string> {
  return {
    location: `/v2/${target.repository}/blobs/uploads/${target.id}`,
    range: rangeOf(sizeBytes),
    'docker-upload-uuid': target.id,
  };
}

function answerCreated(exchange: Exchange, repository: string, digest: Digest): void {
  answer(exchange, 201, {
    location: `/v2/${repository}/blobs/${digest.text}`,
    'docker-content-digest': digest.text,
  });
}

async function complete(exchange: Exchange, target: UploadTarget, digest: Digest): Promise<void> {
  const { parts } = exchange;
  await parts.uploads.finish(target.id, target.repository, digest);
  await parts.repositories.linkBlob(target.repository, digest);
  answerCreated(exchange, target.repository, digest);
}

/** mount links a blob of another repository that the user may read; false where it cannot. */
async function mount(exchange: Exchange, repository: string): Promise<boolean> {
  const { parts, query, user } = exchange;
  const [text, from] = [query.get('mount'), query.get('from')];
  if (text === null || from === null || !isRepositoryName(from)) return false;
  const digest = parseDigest(text);
  if (!(await parts.access.allows(user, 'get', from))) return false;
  if (!(await parts.repositories.hasBlob(from, digest))) return false;
  if (!(await parts.blobs.stat(digest))) return false;
  await parts.blobs.touch(digest, parts.now());
  await parts.repositories.linkBlob(repository, digest);
  answerCreated(exchange, repository, digest);
  return true;
}

/** startUpload serves POST: a mount, a whole blob in one request, or the begin of an upload. */
export async function startUpload(exchange: Exchange, repository: string): Promise<void> {
  const { parts, query, request } = exchange;
  if (await mount(exchange, repository)) return;
  const text = query.get('digest');
  const digest = text === null ? undefined : parseDigest(text);
  const id = await parts.uploads.begin(repository);
  if (!digest) return answer(exchange, 202, progress({ repository, id }, 0));
  try {
    await parts.uploads.append(id, repository, request, {});
  } catch (error) {
    await parts.uploads.cancel(id, repository);
    throw error;
  }
  await complete(exchange, { repository, id }, digest);
}

/** uploadStatus serves GET: how much has arrived, for a sender that wants to go on. */
export async function uploadStatus(exchange: Exchange, target: UploadTarget): Promise<void> {
  const size = await exchange.parts.uploads.size(target.id, target.repository);
  answer(exchange, 204, progress(target, size));
}

/** appendUpload serves PATCH: one chunk, or the whole content as a stream. */
export async function appendUpload(exchange: Exchange, target: UploadTarget): Promise<void> {
  const { request, parts } = exchange;
  const options = chunkOptions(request);
  const size = await parts.uploads.append(target.id, target.repository, request, options);
  answer(exchange, 202, progress(target, size));
}

/** finishUpload serves PUT: an optional last chunk, then the verification. */
export async function finishUpload(exchange: Exchange, target: UploadTarget): Promise<void> {
  const { parts, query, request } = exchange;
  const digest = parseDigest(query.get('digest') ?? '');
  await parts.uploads.append(target.id, target.repository, request, chunkOptions(request));
  await complete(exchange, target, digest);
}

/** cancelUpload serves DELETE. */
export async function cancelUpload(exchange: Exchange, target: UploadTarget): Promise<void> {
  await exchange.parts.uploads.cancel(target.id, target.repository);
  answer(exchange, 204, {});
}
