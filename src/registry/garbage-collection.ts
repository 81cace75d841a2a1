import { type Digest, parseDigest } from './digest.ts';
import type { RegistryParts } from './exchange.ts';
import { blobsOf, parseManifest } from './manifest.ts';

/** GarbageReport counts what a collection removed. */
export interface GarbageReport {
  readonly manifests: number;
  readonly blobs: number;
  readonly freedBytes: number;
  readonly uploads: number;
}

type Collected = Pick<RegistryParts, 'blobs' | 'repositories' | 'imageStreams' | 'uploads' | 'now'>;

/** Limits: nothing younger than `before` (ms) goes, and nothing that is in use. */
interface Limits {
  readonly before: number;
  readonly used: ReadonlySet<string>;
}

/** mark adds a manifest and everything that it needs to the sets of what stays. */
async function mark(parts: Collected, digest: Digest, marked: Set<string>): Promise<void> {
  if (marked.has(digest.text) || !(await parts.blobs.stat(digest))) return;
  marked.add(digest.text);
  const manifest = parseManifest(await parts.blobs.readAll(digest), '');
  for (const blob of blobsOf(manifest)) marked.add(blob.digest);
  for (const child of manifest.manifests) await mark(parts, parseDigest(child.digest), marked);
}

/**
 * keptIn marks the manifests of a repository that stay: those in the stream's history or in use,
 * young ones, and those that refer to one that stays (signatures).
 */
async function keptIn(
  parts: Collected,
  repository: string,
  { before, used }: Limits,
): Promise<Set<string>> {
  const marked = new Set<string>();
  const named = (await parts.imageStreams.images(repository)).map((one) => one.digest);
  const live = new Set([...named, ...used]);
  const manifests = await parts.repositories.manifests(repository);
  for (const { digest, modifiedMs } of manifests)
    if (live.has(digest.text) || modifiedMs >= before) await mark(parts, digest, marked);
  for (const { digest } of manifests)
    if (marked.has(digest.text))
      for (const referrer of await parts.repositories.referrers(repository, digest))
        await mark(parts, parseDigest(referrer.digest), marked);
  return marked;
}

async function sweepRepository(
  parts: Collected,
  repository: string,
  limits: Limits,
): Promise<{ kept: Set<string>; removed: number }> {
  const { before } = limits;
  const kept = await keptIn(parts, repository, limits);
  let removed = 0;
  for (const { digest, modifiedMs } of await parts.repositories.manifests(repository)) {
    if (kept.has(digest.text) || modifiedMs >= before) continue;
    await parts.repositories.forgetManifest(repository, digest);
    removed++;
  }
  for (const { digest, modifiedMs } of await parts.repositories.blobs(repository)) {
    if (kept.has(digest.text)) continue;
    if (modifiedMs >= before) kept.add(digest.text);
    else await parts.repositories.unlinkBlob(repository, digest);
  }
  return { kept, removed };
}

/**
 * collectGarbage marks from the histories of the image streams and from what runs, and sweeps the rest. Nothing that was
 * written or asked for by a push within the grace period goes, so that it may run beside pushes.
 */
export async function collectGarbage(parts: Collected, graceMs: number): Promise<GarbageReport> {
  const before = parts.now().getTime() - graceMs;
  const limits = { before, used: await parts.imageStreams.used() };
  const marked = new Set<string>();
  let [manifests, blobs, freedBytes] = [0, 0, 0];
  for (const repository of await parts.repositories.list()) {
    const { kept, removed } = await sweepRepository(parts, repository, limits);
    for (const digest of kept) marked.add(digest);
    manifests += removed;
  }
  for await (const digest of parts.blobs.list()) {
    const info = await parts.blobs.stat(digest);
    if (!info || marked.has(digest.text) || info.modifiedMs >= before) continue;
    await parts.blobs.remove(digest);
    blobs++;
    freedBytes += info.sizeBytes;
  }
  await parts.blobs.removeTemporary(new Date(before));
  await parts.repositories.removeTemporary(new Date(before));
  const uploads = await parts.uploads.removeStale(new Date(before));
  return { manifests, blobs, freedBytes, uploads };
}
