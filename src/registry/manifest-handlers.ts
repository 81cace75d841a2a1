import { type Digest, digestOf, parseDigest } from './digest.ts';
import { answer, type Exchange, type RegistryParts } from './exchange.ts';
import type { StoredManifest } from './image-streams.ts';
import {
  blobsOf,
  MANIFEST_BYTES_MAX,
  type Manifest,
  parseManifest,
  referrerOf,
} from './manifest.ts';
import { type FoundManifest, findManifest } from './manifest-lookup.ts';
import { RegistryError } from './registry-error.ts';

interface ManifestTarget {
  readonly repository: string;
  /** A tag or a digest. */
  readonly reference: string;
}

function unknownManifest(target: ManifestTarget): RegistryError {
  return new RegistryError('MANIFEST_UNKNOWN', 'manifest unknown', {
    detail: { name: target.repository, reference: target.reference },
  });
}

async function digestFor(parts: RegistryParts, target: ManifestTarget): Promise<Digest> {
  if (target.reference.includes(':')) return parseDigest(target.reference);
  const image = await parts.imageStreams.resolve(target.repository, target.reference);
  if (!image) throw unknownManifest(target);
  return parseDigest(image.digest);
}

async function readLimited(exchange: Exchange): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of exchange.request as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > MANIFEST_BYTES_MAX)
      throw new RegistryError(
        'MANIFEST_INVALID',
        `manifest invalid: larger than ${MANIFEST_BYTES_MAX} bytes`,
        { status: 413 },
      );
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function demandContents(
  parts: RegistryParts,
  repository: string,
  manifest: Manifest,
): Promise<void> {
  for (const { digest: text } of blobsOf(manifest)) {
    const digest = parseDigest(text);
    if (
      !(await parts.repositories.hasBlob(repository, digest)) ||
      !(await parts.blobs.stat(digest))
    )
      throw new RegistryError('MANIFEST_BLOB_UNKNOWN', 'blob unknown to registry', {
        detail: { digest: text },
      });
  }
  for (const { digest: text } of manifest.manifests)
    if (!(await findManifest(parts, repository, parseDigest(text))))
      throw new RegistryError('MANIFEST_BLOB_UNKNOWN', 'manifest unknown to registry', {
        detail: { digest: text },
      });
}

async function configOf(parts: RegistryParts, manifest: Manifest): Promise<Buffer | undefined> {
  if (!manifest.config) return undefined;
  const info = await parts.blobs.stat(parseDigest(manifest.config.digest));
  if (!info || info.sizeBytes > MANIFEST_BYTES_MAX) return undefined;
  return parts.blobs.readAll(parseDigest(manifest.config.digest));
}

async function childrenOf(
  parts: RegistryParts,
  repository: string,
  index: Manifest,
): Promise<StoredManifest[]> {
  const children: StoredManifest[] = [];
  for (const { digest } of index.manifests) {
    const found = await findManifest(parts, repository, parseDigest(digest));
    if (!found) continue;
    const manifest = parseManifest(found.bytes, found.mediaType);
    const config = await configOf(parts, manifest);
    children.push({ digest, manifest, bytes: found.bytes, config });
  }
  return children;
}

async function store(
  parts: RegistryParts,
  repository: string,
  found: FoundManifest & { manifest: Manifest },
): Promise<void> {
  const { digest, bytes, manifest } = found;
  await parts.blobs.put(digest, bytes);
  await parts.repositories.linkManifest(repository, digest, manifest.mediaType);
  if (!manifest.subject) return;
  const referrer = referrerOf(manifest, digest.text, bytes.byteLength);
  await parts.repositories.addReferrer(repository, parseDigest(manifest.subject.digest), referrer);
}

/** getManifest serves GET and HEAD by tag or digest, in the type in which it was pushed. */
export async function getManifest(exchange: Exchange, target: ManifestTarget): Promise<void> {
  const { parts } = exchange;
  const digest = await digestFor(parts, target);
  const found = await findManifest(parts, target.repository, digest);
  if (!found) throw unknownManifest(target);
  const headers = {
    'content-type': found.mediaType,
    'docker-content-digest': found.digest.text,
    etag: `"${found.digest.text}"`,
  };
  answer(exchange, 200, { ...headers, 'content-length': found.bytes.byteLength }, found.bytes);
}

/**
 * putManifest stores a manifest whose blobs are all there. Pushed by tag it becomes an image of the
 * stream and the tag moves; only then is the push acknowledged.
 */
export async function putManifest(exchange: Exchange, target: ManifestTarget): Promise<void> {
  const { parts, request } = exchange;
  const byDigest = target.reference.includes(':') ? parseDigest(target.reference) : undefined;
  const bytes = await readLimited(exchange);
  const manifest = parseManifest(bytes, request.headers['content-type'] ?? '');
  const digest = digestOf(bytes, byDigest?.algorithm);
  if (byDigest && byDigest.text !== digest.text)
    throw new RegistryError('DIGEST_INVALID', 'provided digest did not match uploaded content', {
      detail: { provided: byDigest.text, actual: digest.text },
    });
  await demandContents(parts, target.repository, manifest);
  const { mediaType } = manifest;
  await store(parts, target.repository, { digest, mediaType, bytes, manifest });
  if (!byDigest) {
    const { repository, reference: tag } = target;
    const config = await configOf(parts, manifest);
    const children = await childrenOf(parts, repository, manifest);
    const pushed = { repository, tag, digest: digest.text, manifest, bytes, config, children };
    await parts.imageStreams.push(pushed, exchange.user);
  }
  answer(exchange, 201, {
    location: `/v2/${target.repository}/manifests/${digest.text}`,
    'docker-content-digest': digest.text,
    ...(manifest.subject ? { 'oci-subject': manifest.subject.digest } : {}),
  });
}

/** deleteManifest removes a tag, or a manifest with the tags that point to it. */
export async function deleteManifest(exchange: Exchange, target: ManifestTarget): Promise<void> {
  const { parts, user } = exchange;
  const { repository, reference } = target;
  const digest = await digestFor(parts, target);
  if (!reference.includes(':')) {
    await parts.imageStreams.untag(repository, reference, user);
    return answer(exchange, 202, {});
  }
  const found = await findManifest(parts, repository, digest);
  if (!found) throw unknownManifest(target);
  for (const tag of (await parts.imageStreams.tags(repository)) ?? [])
    if ((await parts.imageStreams.resolve(repository, tag))?.digest === digest.text)
      await parts.imageStreams.untag(repository, tag, user);
  const { subject } = parseManifest(found.bytes, found.mediaType);
  if (subject)
    await parts.repositories.removeReferrer(repository, parseDigest(subject.digest), digest);
  await parts.repositories.buryManifest(repository, digest);
  answer(exchange, 202, {});
}
