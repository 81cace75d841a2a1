import { isDigest } from '../machinery/image-reference.ts';
import { RegistryError } from './registry-error.ts';

/** MEDIA_TYPES are those of the manifests that the registry stores. */
export const MEDIA_TYPES = {
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerList: 'application/vnd.docker.distribution.manifest.list.v2+json',
  ociManifest: 'application/vnd.oci.image.manifest.v1+json',
  ociIndex: 'application/vnd.oci.image.index.v1+json',
} as const;

/** MANIFEST_BYTES_MAX is the largest manifest that is accepted: 4 MiB, as the specification advises. */
export const MANIFEST_BYTES_MAX = 4 * 1024 * 1024;

/** Descriptor points at content, as the OCI image specification has it. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly urls?: readonly string[];
  readonly platform?: Readonly<{ architecture: string; os: string; variant?: string }>;
}

/** Manifest is what the registry reads out of a manifest of any of the four types. */
export interface Manifest {
  readonly mediaType: string;
  readonly isIndex: boolean;
  readonly config: Descriptor | undefined;
  readonly layers: readonly Descriptor[];
  /** The manifests of an index. */
  readonly manifests: readonly Descriptor[];
  readonly subject: Descriptor | undefined;
  readonly artifactType: string | undefined;
  readonly annotations: Readonly<Record<string, string>> | undefined;
}

const INDEX_TYPES: ReadonlySet<string> = new Set([MEDIA_TYPES.dockerList, MEDIA_TYPES.ociIndex]);
const KNOWN_TYPES: ReadonlySet<string> = new Set(Object.values(MEDIA_TYPES));

function invalidManifest(message: string, cause?: unknown): RegistryError {
  return new RegistryError('MANIFEST_INVALID', `manifest invalid: ${message}`, { cause });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseJson(bytes: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (isRecord(value)) return value;
  } catch (error) {
    throw invalidManifest('not valid JSON', error);
  }
  throw invalidManifest('not a JSON object');
}

function descriptor(value: unknown, where: string): Descriptor {
  if (!isRecord(value)) throw invalidManifest(`${where} is not a descriptor`);
  const { digest, size, mediaType } = value;
  if (typeof digest !== 'string' || !isDigest(digest))
    throw invalidManifest(`${where}.digest is not a digest`);
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
    throw invalidManifest(`${where}.size is not a size`);
  if (typeof mediaType !== 'string') throw invalidManifest(`${where}.mediaType is missing`);
  return value as unknown as Descriptor;
}

function descriptors(value: unknown, where: string): Descriptor[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw invalidManifest(`${where} is not a list`);
  return value.map((one, index) => descriptor(one, `${where}[${index}]`));
}

function stringMap(value: unknown): Record<string, string> | undefined {
  if (!isRecord(value)) return undefined;
  const entries = Object.entries(value).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(entries);
}

function mediaTypeOf(json: Record<string, unknown>, contentType: string): string {
  const declared = typeof json.mediaType === 'string' ? json.mediaType : '';
  const sent = contentType.split(';')[0]?.trim() ?? '';
  if (declared !== '' && KNOWN_TYPES.has(sent) && declared !== sent)
    throw invalidManifest(`its mediaType ${declared} is not the Content-Type ${sent}`);
  const type = declared || sent;
  if (KNOWN_TYPES.has(type)) return type;
  if (type === '' || type === 'application/json')
    return Array.isArray(json.manifests) ? MEDIA_TYPES.ociIndex : MEDIA_TYPES.ociManifest;
  throw invalidManifest(`media type ${type} is not supported`);
}

/** parseManifest reads and checks a manifest; `contentType` is what the sender called it. */
export function parseManifest(bytes: Uint8Array, contentType: string): Manifest {
  const json = parseJson(bytes);
  if (json.schemaVersion !== 2)
    throw invalidManifest(`schemaVersion ${String(json.schemaVersion)} is not supported`);
  const mediaType = mediaTypeOf(json, contentType);
  const isIndex = INDEX_TYPES.has(mediaType);
  if (isIndex && ('layers' in json || 'config' in json))
    throw invalidManifest('an index has no layers and no config');
  if (!isIndex && 'manifests' in json) throw invalidManifest('an image has no manifests');
  return {
    mediaType,
    isIndex,
    config: isIndex ? undefined : descriptor(json.config, 'config'),
    layers: descriptors(json.layers, 'layers'),
    manifests: descriptors(json.manifests, 'manifests'),
    subject: isRecord(json.subject) ? descriptor(json.subject, 'subject') : undefined,
    artifactType: typeof json.artifactType === 'string' ? json.artifactType : undefined,
    annotations: stringMap(json.annotations),
  };
}

/** blobsOf lists the blobs that must be in the repository: config and layers, but not foreign layers. */
export function blobsOf(manifest: Manifest): readonly Descriptor[] {
  const layers = manifest.layers.filter((layer) => !layer.urls || layer.urls.length === 0);
  return manifest.config ? [manifest.config, ...layers] : layers;
}

/** referrerOf is how a manifest with a subject is listed among that subject's referrers. */
export function referrerOf(manifest: Manifest, digest: string, sizeBytes: number): Descriptor {
  const artifactType = manifest.artifactType ?? manifest.config?.mediaType;
  return {
    mediaType: manifest.mediaType,
    digest,
    size: sizeBytes,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(manifest.annotations ? { annotations: manifest.annotations } : {}),
  };
}
