import { timestampOf } from '../../../machinery/timestamp.ts';
import { LAYERS_ORDER } from './names.ts';
import type { Image, ImageLayer, ImageManifest } from './types.ts';

/** DockerConfig is the configuration of a container as Docker spells it; empty fields are absent. */
export interface DockerConfig {
  Hostname?: string;
  User?: string;
  ExposedPorts?: Record<string, object>;
  Env?: string[];
  Cmd?: string[];
  Image?: string;
  Volumes?: Record<string, object>;
  WorkingDir?: string;
  Entrypoint?: string[];
  OnBuild?: string[];
  Labels?: Record<string, string>;
}

/** DockerImage is the content of `Image.dockerImageMetadata` (kind DockerImage, version 1.0). */
export interface DockerImage {
  kind: 'DockerImage';
  apiVersion: string;
  /** The digest of the configuration. */
  Id: string;
  Parent?: string;
  Comment?: string;
  Created?: string;
  Container?: string;
  ContainerConfig: DockerConfig;
  DockerVersion?: string;
  Author?: string;
  Config?: DockerConfig;
  Architecture?: string;
  /** Bytes of all different layers and the configuration, compressed as they are in the registry. */
  Size?: number;
}

const METADATA_VERSION = 'image.openshift.io/1.0';
const CONFIG_FIELDS = [
  'Hostname',
  'Domainname',
  'User',
  'Memory',
  'MemorySwap',
  'CpuShares',
  'Cpuset',
  'AttachStdin',
  'AttachStdout',
  'AttachStderr',
  'PortSpecs',
  'ExposedPorts',
  'Tty',
  'OpenStdin',
  'StdinOnce',
  'Env',
  'Cmd',
  'Dns',
  'Image',
  'Volumes',
  'VolumesFrom',
  'WorkingDir',
  'Entrypoint',
  'NetworkDisabled',
  'SecurityOpts',
  'OnBuild',
  'Labels',
] as const;

type Json = Readonly<Record<string, unknown>>;

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === 0 || value === false)
    return true;
  if (Array.isArray(value)) return value.length === 0;
  return isJson(value) && Object.keys(value).length === 0;
}

function dockerConfig(value: unknown): DockerConfig {
  if (!isJson(value)) return {};
  const kept = CONFIG_FIELDS.flatMap((field) =>
    isEmpty(value[field]) ? [] : [[field, value[field]] as const],
  );
  return Object.fromEntries(kept) as DockerConfig;
}

function textOf(json: Json, field: string): string | undefined {
  const value = json[field];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function createdOf(json: Json): string | undefined {
  const time = Date.parse(textOf(json, 'created') ?? '');
  return Number.isNaN(time) ? undefined : timestampOf(new Date(time));
}

/** sizeOf adds up different layers and the configuration. */
function sizeOf(layers: readonly ImageLayer[], configBytes: number): number {
  const bySum = new Map(layers.map((layer) => [layer.name, layer.size]));
  return [...bySum.values()].reduce((sum, size) => sum + size, configBytes);
}

/** ConfigSource is the configuration blob of an image as its registry has it. */
export interface ConfigSource {
  readonly digest: string;
  readonly text: string;
}

/** dockerImageMetadata reads an image's configuration blob; unknown fields are left out. */
function dockerImageMetadata(config: ConfigSource, layers: readonly ImageLayer[]): DockerImage {
  const parsed: unknown = JSON.parse(config.text);
  const json = isJson(parsed) ? parsed : {};
  const optional = {
    Parent: textOf(json, 'parent'),
    Comment: textOf(json, 'comment'),
    Created: createdOf(json),
    Container: textOf(json, 'container'),
    DockerVersion: textOf(json, 'docker_version'),
    Author: textOf(json, 'author'),
    Architecture: textOf(json, 'architecture'),
  };
  const present = Object.entries(optional).filter(([, value]) => value !== undefined);
  return {
    kind: 'DockerImage',
    apiVersion: METADATA_VERSION,
    Id: config.digest,
    ContainerConfig: dockerConfig(json.container_config),
    ...(isJson(json.config) ? { Config: dockerConfig(json.config) } : {}),
    ...Object.fromEntries(present),
    Size: sizeOf(layers, new TextEncoder().encode(config.text).byteLength),
  };
}

/** emptyDockerImage is the metadata of an image list, or of an image that is only named. */
export function emptyDockerImage(id: string, created?: string): DockerImage {
  return {
    kind: 'DockerImage',
    apiVersion: METADATA_VERSION,
    Id: id,
    ...(created === undefined ? {} : { Created: created }),
    ContainerConfig: {},
  };
}

/** metadataOf answers an image's metadata as a DockerImage. */
export function metadataOf(image: Image): DockerImage | undefined {
  const metadata: unknown = image.dockerImageMetadata;
  return isJson(metadata) && metadata.kind === 'DockerImage'
    ? (metadata as unknown as DockerImage)
    : undefined;
}

interface RawDescriptor {
  mediaType: string;
  digest: string;
  size: number;
  platform?: { architecture?: string; os?: string; variant?: string };
}

function descriptorsOf(value: unknown): RawDescriptor[] {
  return Array.isArray(value) ? (value as RawDescriptor[]) : [];
}

/** layersOf lists the layers of a manifest, the base first. */
function layersOf(manifest: Json): ImageLayer[] {
  return descriptorsOf(manifest.layers).map(({ mediaType, digest, size }) => ({
    mediaType,
    name: digest,
    size,
  }));
}

/** manifestsOf lists the images of an index that say for which platform they are. */
export function manifestsOf(index: Json): ImageManifest[] {
  return descriptorsOf(index.manifests).flatMap(({ mediaType, digest, size, platform }) => {
    if (!platform?.architecture || !platform.os) return [];
    const { architecture, os, variant } = platform;
    const base = { architecture, digest, manifestSize: size, mediaType, os };
    return [variant ? { ...base, variant } : base];
  });
}

/** ImageContents are the texts from which an Image object is made. */
export interface ImageContents {
  readonly digest: string;
  readonly mediaType: string;
  readonly manifest: string;
  /** The configuration blob's text; absent for an index. */
  readonly config?: string;
  readonly reference: string;
  readonly now: Date;
}

/** newImage makes the Image object of a manifest, with its raw manifest and configuration. */
export function newImage(contents: ImageContents): Image {
  const parsed: unknown = JSON.parse(contents.manifest);
  const manifest = isJson(parsed) ? parsed : {};
  const image: Image = {
    apiVersion: 'image.openshift.io/v1',
    kind: 'Image',
    metadata: { name: contents.digest },
    dockerImageReference: contents.reference,
    dockerImageManifest: contents.manifest,
    dockerImageManifestMediaType: contents.mediaType,
    dockerImageMetadataVersion: '1.0',
  };
  if (contents.config === undefined) {
    const created = timestampOf(contents.now);
    image.dockerImageMetadata = { ...emptyDockerImage(contents.digest, created) };
    image.dockerImageManifests = manifestsOf(manifest);
    return image;
  }
  const digest = isJson(manifest.config) ? (textOf(manifest.config, 'digest') ?? '') : '';
  const layers = layersOf(manifest);
  const metadata = dockerImageMetadata({ digest, text: contents.config }, layers);
  image.metadata.annotations = { [LAYERS_ORDER]: 'ascending' };
  image.dockerImageConfig = contents.config;
  image.dockerImageLayers = layers;
  image.dockerImageMetadata = { ...metadata };
  return image;
}

/** withoutRawContents drops manifest and configuration, which are large and stored as blobs. */
export function withoutRawContents(image: Image): Image {
  const { dockerImageManifest: _manifest, dockerImageConfig: _config, ...rest } = image;
  return rest;
}
