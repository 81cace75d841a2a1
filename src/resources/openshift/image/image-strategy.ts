import { newImage, withoutRawContents } from '../../../apis/image.openshift.io/v1/docker-image.ts';
import { MANIFEST_BLOB_STORED } from '../../../apis/image.openshift.io/v1/names.ts';
import type { Image } from '../../../apis/image.openshift.io/v1/types.ts';
import { validateImage } from '../../../apis/image.openshift.io/v1/validation.ts';
import type { Strategy } from '../../../apiserver/resource-definition.ts';

function mediaTypeOf(image: Image, manifest: string): string {
  const parsed: unknown = JSON.parse(manifest);
  const declared =
    typeof parsed === 'object' && parsed !== null && 'mediaType' in parsed
      ? parsed.mediaType
      : undefined;
  return typeof declared === 'string' && declared !== ''
    ? declared
    : (image.dockerImageManifestMediaType ??
        'application/vnd.docker.distribution.manifest.v2+json');
}

function isIndex(mediaType: string): boolean {
  return /manifest\.list|image\.index/.test(mediaType);
}

/** completeImage reads layers and metadata out of the raw manifest and configuration of a draft. */
function completeImage(draft: Image, now: Date): void {
  const { dockerImageManifest: manifest, dockerImageConfig: config } = draft;
  if (!manifest) return;
  const mediaType = mediaTypeOf(draft, manifest);
  if (!config && !isIndex(mediaType)) return;
  const filled = newImage({
    digest: draft.metadata.name ?? '',
    mediaType,
    manifest,
    ...(isIndex(mediaType) ? {} : { config: config ?? '' }),
    reference: draft.dockerImageReference ?? '',
    now,
  });
  const annotations = { ...filled.metadata.annotations, ...draft.metadata.annotations };
  Object.assign(draft, { ...filled, metadata: { ...draft.metadata } });
  if (Object.keys(annotations).length > 0) draft.metadata.annotations = annotations;
}

function dropStoredContents(draft: Image): void {
  if (draft.metadata.annotations?.[MANIFEST_BLOB_STORED] !== 'true') return;
  delete draft.dockerImageManifest;
  delete draft.dockerImageConfig;
}

/** imageStrategy follows openshift-apiserver's: metadata comes from the manifest and never changes. */
export const imageStrategy: Strategy<Image> = {
  nameRule: 'pathSegment',
  allowUnconditionalUpdate: false,
  prepareForCreate(draft, context) {
    completeImage(draft, context.now);
    dropStoredContents(draft);
  },
  prepareForUpdate(draft, old) {
    const kept = withoutRawContents(structuredClone(old));
    const { dockerImageMetadata, dockerImageMetadataVersion, dockerImageLayers } = kept;
    const fixed = { dockerImageMetadata, dockerImageMetadataVersion, dockerImageLayers };
    for (const [field, value] of Object.entries(fixed))
      if (value !== undefined) Object.assign(draft, { [field]: value });
    if (old.dockerImageManifest) draft.dockerImageManifest = old.dockerImageManifest;
    else delete draft.dockerImageManifest;
    if (old.dockerImageConfig) draft.dockerImageConfig = old.dockerImageConfig;
    else delete draft.dockerImageConfig;
    dropStoredContents(draft);
  },
  validate: (image) => validateImage(image),
};
