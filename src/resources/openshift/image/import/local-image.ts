import {
  type DockerConfig,
  emptyDockerImage,
} from '../../../../apis/image.openshift.io/v1/docker-image.ts';
import type { Image } from '../../../../apis/image.openshift.io/v1/types.ts';
import {
  dockerClientDefaults,
  exactReference,
  type ImageReference,
  sameReference,
  tryParseImageReference,
} from '../../../../machinery/image-reference.ts';
import { timestampOf } from '../../../../machinery/timestamp.ts';

/** LocalImage is an image that the container engine has, as the engine describes it. */
export interface LocalImage {
  /** The digest of its configuration, `sha256:…`. */
  readonly id: string;
  readonly repoDigests: readonly string[];
  readonly createdAt: string;
  readonly sizeBytes: number;
  readonly architecture: string;
  readonly author: string;
  readonly config: {
    readonly env?: readonly string[];
    readonly entrypoint?: readonly string[];
    readonly command?: readonly string[];
    readonly labels?: Readonly<Record<string, string>>;
    readonly user?: string;
    readonly workingDir?: string;
    readonly exposedPorts?: readonly string[];
    readonly volumes?: readonly string[];
    readonly onBuild?: readonly string[];
  };
}

function keys(names: readonly string[] | undefined): Record<string, object> | undefined {
  if (!names || names.length === 0) return undefined;
  return Object.fromEntries(names.map((name) => [name, {}]));
}

function configOf({ config }: LocalImage): DockerConfig {
  const all = {
    User: config.user || undefined,
    ExposedPorts: keys(config.exposedPorts),
    Env: config.env,
    Cmd: config.command,
    Volumes: keys(config.volumes),
    WorkingDir: config.workingDir || undefined,
    Entrypoint: config.entrypoint,
    OnBuild: config.onBuild,
    Labels: config.labels,
  };
  const present = Object.entries(all).filter(([, value]) =>
    Array.isArray(value) ? value.length > 0 : value !== undefined,
  );
  return Object.fromEntries(present) as DockerConfig;
}

/** digestIn answers the digest under which the engine pulled the image from this very repository. */
function digestIn(image: LocalImage, reference: ImageReference): string | undefined {
  for (const text of image.repoDigests) {
    const parsed = tryParseImageReference(text);
    if (!parsed?.id) continue;
    const sameRepository = sameReference(
      { ...parsed, tag: '', id: '' },
      { ...reference, tag: '', id: '' },
    );
    if (sameRepository) return parsed.id;
  }
  return undefined;
}

/** isPulled tells whether the engine has an image from its repository, and not only by that name. */
export function isPulled(image: LocalImage, reference: ImageReference): boolean {
  return digestIn(image, dockerClientDefaults(reference)) !== undefined;
}

/**
 * imageOfLocal makes an Image of one that only the engine has. Its name is the digest of its
 * repository where it was pulled from there, else the digest of its configuration; in that case the
 * reference keeps the tag, because nothing can be pulled by that digest.
 */
export function imageOfLocal(local: LocalImage, reference: ImageReference): Image {
  const digest = digestIn(local, reference);
  const whole = dockerClientDefaults(reference);
  const created = Date.parse(local.createdAt);
  const metadata = {
    ...emptyDockerImage(local.id),
    ...(Number.isNaN(created) ? {} : { Created: timestampOf(new Date(created)) }),
    ...(local.author ? { Author: local.author } : {}),
    Config: configOf(local),
    Architecture: local.architecture,
    Size: local.sizeBytes,
  };
  return {
    apiVersion: 'image.openshift.io/v1',
    kind: 'Image',
    metadata: { name: digest ?? local.id },
    dockerImageReference: exactReference(
      digest === undefined ? whole : { ...whole, tag: '', id: digest },
    ),
    dockerImageMetadata: metadata,
    dockerImageMetadataVersion: '1.0',
  };
}
