import { manifestsOf, newImage } from '../../../../apis/image.openshift.io/v1/docker-image.ts';
import type { Image, ImageManifest } from '../../../../apis/image.openshift.io/v1/types.ts';
import {
  exactReference,
  type ImageReference,
  mostSpecific,
} from '../../../../machinery/image-reference.ts';
import { isJsonObject, type JsonObject } from '../../../../machinery/json-value.ts';
import { RemoteError } from './remote-error.ts';
import { type RemoteImage, type RemoteRegistry, readText } from './remote-registry.ts';

/** ImportedImage is an image with, for a preserved index, the images of its platforms. */
export interface ImportedImage {
  readonly image: Image;
  readonly manifests: readonly Image[];
}

/** ReadOptions say how an image is read. */
export interface ReadOptions {
  readonly insecure: boolean;
  /** PreserveOriginal keeps an index; else one image is chosen out of it. */
  readonly importMode: string;
  readonly preferArchitecture?: string | undefined;
  readonly preferOs?: string | undefined;
  readonly now: Date;
}

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

function parsed(text: string): JsonObject {
  const value: unknown = JSON.parse(text);
  if (isJsonObject(value)) return value;
  throw new RemoteError('other', 'the manifest is not an object');
}

function mediaTypeOf(found: RemoteImage, manifest: JsonObject): string {
  return typeof manifest.mediaType === 'string' && manifest.mediaType !== ''
    ? manifest.mediaType
    : found.mediaType;
}

function isIndex(mediaType: string): boolean {
  return /manifest\.list|image\.index/.test(mediaType);
}

/** chosen picks the wanted platform, else linux/amd64, else the first image of an index. */
function chosen(manifests: readonly ImageManifest[], options: ReadOptions): ImageManifest {
  const architecture = options.preferArchitecture || (ARCHITECTURES[process.arch] ?? process.arch);
  const os = options.preferOs || 'linux';
  const isFor = (wanted: string, on: string) => (one: ImageManifest) =>
    one.architecture === wanted && one.os === on;
  const found =
    manifests.find(isFor(architecture, os)) ??
    manifests.find(isFor('amd64', 'linux')) ??
    manifests[0];
  if (found) return found;
  throw new RemoteError('other', 'no manifests in manifest list');
}

async function imageOf(found: RemoteImage, reference: ImageReference, now: Date): Promise<Image> {
  const manifest = parsed(found.manifest);
  const mediaType = mediaTypeOf(found, manifest);
  const { digest } = found;
  const exact = exactReference(mostSpecific({ ...reference, id: digest }));
  const contents = { digest, mediaType, manifest: found.manifest, reference: exact, now };
  if (isIndex(mediaType)) return newImage(contents);
  if (manifest.schemaVersion !== 2)
    throw new RemoteError(
      'other',
      `unsupported image manifest type: schema ${String(manifest.schemaVersion)}`,
    );
  const configDigest = isJsonObject(manifest.config) ? manifest.config.digest : undefined;
  if (typeof configDigest !== 'string')
    throw new RemoteError('other', 'the manifest names no configuration');
  const config = await readText(found.session, `blobs/${configDigest}`, configDigest);
  return newImage({ ...contents, config: config.text });
}

/** readImage reads an image of another registry as an Image object; throws RemoteError. */
export async function readImage(
  registry: RemoteRegistry,
  reference: ImageReference,
  options: ReadOptions,
): Promise<ImportedImage> {
  const found = await registry.image(reference, options.insecure);
  const manifest = parsed(found.manifest);
  const byDigest = (digest: string) =>
    registry.image({ ...reference, tag: '', id: digest }, options.insecure);
  if (!isIndex(mediaTypeOf(found, manifest)))
    return { image: await imageOf(found, reference, options.now), manifests: [] };
  const all = manifestsOf(manifest);
  if (options.importMode !== 'PreserveOriginal') {
    const one = await byDigest(chosen(all, options).digest);
    return { image: await imageOf(one, reference, options.now), manifests: [] };
  }
  const manifests: Image[] = [];
  for (const { digest } of all)
    manifests.push(await imageOf(await byDigest(digest), reference, options.now));
  return { image: await imageOf(found, reference, options.now), manifests };
}
