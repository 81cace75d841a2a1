import { type Digest, digestOf, parseDigest } from './digest.ts';
import type { RegistryParts } from './exchange.ts';
import { blobsOf, MANIFEST_BYTES_MAX, type Manifest, parseManifest } from './manifest.ts';

/** FoundManifest is a manifest as it is served. */
export interface FoundManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

async function stored(
  parts: RegistryParts,
  repository: string,
  digest: Digest,
): Promise<FoundManifest | 'deleted' | undefined> {
  const link = await parts.repositories.manifest(repository, digest);
  if (link?.state === 'deleted') return 'deleted';
  if (!link || !(await parts.blobs.stat(digest))) return undefined;
  return { digest, mediaType: link.mediaType, bytes: await parts.blobs.readAll(digest) };
}

/** linkContents makes all blobs and manifests of a manifest part of a repository. */
async function linkContents(
  parts: RegistryParts,
  repository: string,
  manifest: Manifest,
): Promise<void> {
  for (const { digest } of blobsOf(manifest))
    await parts.repositories.linkBlob(repository, parseDigest(digest));
  for (const { digest } of manifest.manifests) await adopt(parts, repository, parseDigest(digest));
}

/**
 * adopt brings an image that is stored for another repository into this one: its stream's history
 * names it, because it was tagged from there.
 */
async function adopt(
  parts: RegistryParts,
  repository: string,
  digest: Digest,
): Promise<FoundManifest | undefined> {
  const info = await parts.blobs.stat(digest);
  if (!info || info.sizeBytes > MANIFEST_BYTES_MAX) return undefined;
  const bytes = await parts.blobs.readAll(digest);
  const manifest = parseManifest(bytes, '');
  const { mediaType } = manifest;
  await linkContents(parts, repository, manifest);
  await parts.repositories.linkManifest(repository, digest, mediaType);
  return { digest, mediaType, bytes };
}

async function fetched(
  parts: RegistryParts,
  repository: string,
  image: { digest: Digest; reference: string },
): Promise<FoundManifest | undefined> {
  const [namespace = ''] = repository.split('/');
  const remote = await parts.remote?.manifest(image.reference, namespace);
  if (!remote || digestOf(remote.bytes, image.digest.algorithm).text !== image.digest.text)
    return undefined;
  return { digest: image.digest, mediaType: remote.mediaType, bytes: remote.bytes };
}

/**
 * findManifest looks for a manifest by digest: in the repository, else, if the image stream's history
 * names it, in the whole store, else where it was imported from.
 */
export async function findManifest(
  parts: RegistryParts,
  repository: string,
  digest: Digest,
): Promise<FoundManifest | undefined> {
  const found = await stored(parts, repository, digest);
  if (found === 'deleted') return undefined;
  if (found) return found;
  const image = (await parts.imageStreams.images(repository)).find(
    (one) => one.digest === digest.text,
  );
  if (!image) return undefined;
  return (
    (await adopt(parts, repository, digest)) ??
    (await fetched(parts, repository, { digest, reference: image.reference }))
  );
}
