import {
  setImageStreamDefaults,
  setImageStreamImportDefaults,
} from '../../../apis/image.openshift.io/v1/defaults.ts';
import { withoutRawContents } from '../../../apis/image.openshift.io/v1/docker-image.ts';
import { DOCKER_REPOSITORY_CHECK } from '../../../apis/image.openshift.io/v1/names.ts';
import type {
  Image,
  ImageImportStatus,
  ImageStream,
  ImageStreamImport,
} from '../../../apis/image.openshift.io/v1/types.ts';
import { validateImageStreamImport } from '../../../apis/image.openshift.io/v1/validation.ts';
import { IMAGES } from '../../../apis/resource-types.ts';
import type { RequestContext, ResourceStorage } from '../../../apiserver/resource-definition.ts';
import type { Client } from '../../../client/client.ts';
import { createUnlessExists } from '../../../client/create-unless-exists.ts';
import { semanticEqual } from '../../../machinery/deep-equal.ts';
import { newConflict, newInvalid, newNotFound } from '../../../machinery/status-error.ts';
import { timestampOf } from '../../../machinery/timestamp.ts';
import type { ImageDeps } from './deps.ts';
import { applyImport, tagImportsOf } from './import/apply-import.ts';
import { keyringOf, NO_CREDENTIALS } from './import/credentials.ts';
import { type ImportContext, importImages, importRepository } from './import/import-images.ts';
import { newRemoteRegistry } from './import/remote-registry.ts';
import { prioritizeTags } from './import/tag-priority.ts';
import { pullSecrets } from './secrets.ts';
import { findStream, newStream, writeStream } from './stream-access.ts';

const KIND = { group: 'image.openshift.io', kind: 'ImageStreamImport' };
const STREAM = { group: 'image.openshift.io', resource: 'imagestream' };

function checkPreconditions(object: ImageStreamImport, stream: ImageStream | undefined): void {
  const { resourceVersion, uid, name = '' } = object.metadata;
  if (!stream && (resourceVersion || uid)) throw newNotFound(STREAM, name);
  if (!stream) return;
  const current = stream.metadata.resourceVersion ?? '';
  if (resourceVersion && resourceVersion !== current) {
    const text = `the image stream was updated from ${JSON.stringify(resourceVersion)} to ${JSON.stringify(current)}`;
    throw newConflict(STREAM, name, text);
  }
  if (uid && uid !== stream.metadata.uid) throw newNotFound(STREAM, name);
}

function hasBadCredentials({ status }: ImageImportStatus): boolean {
  return status.reason === 'Unauthorized' && /username or password/i.test(status.message ?? '');
}

/** runImport fills in the status of a draft; public images are tried again without credentials. */
async function runImport(
  deps: ImageDeps,
  draft: ImageStreamImport,
  stream: ImageStream,
  now: Date,
): Promise<void> {
  const namespace = stream.metadata.namespace ?? '';
  const keyring = keyringOf(await pullSecrets(deps.client, namespace));
  const contextWith = (keys: typeof keyring): ImportContext => ({
    registry: newRemoteRegistry(deps, keys),
    localImages: deps.localImages,
    now,
  });
  const context = contextWith(keyring);
  let images = await importImages(draft, stream, context);
  if (images.some(hasBadCredentials)) {
    const again = await importImages(draft, stream, contextWith(NO_CREDENTIALS));
    images = images.map((one, index) => {
      const other = again[index];
      return hasBadCredentials(one) && other?.status.status === 'Success' ? other : one;
    });
  }
  draft.status = { ...(draft.spec.images ? { images } : {}) };
  const repository = await importRepository(draft, prioritizeTags, context);
  if (repository) draft.status.repository = repository;
}

async function storedImage(client: Client, image: Image): Promise<Image> {
  const created = await createUnlessExists(client, IMAGES, withoutRawContents(image));
  return created ?? client.get(IMAGES, { name: image.metadata.name ?? '' });
}

async function storeImages(client: Client, status: ImageImportStatus): Promise<void> {
  if (!status.image) return;
  for (const image of status.manifests ?? []) await storedImage(client, image);
  const { dockerImageReference, dockerImageManifest, dockerImageConfig } = status.image;
  const stored = await storedImage(client, status.image);
  status.image = { ...stored, ...(dockerImageReference ? { dockerImageReference } : {}) };
  if (dockerImageManifest) status.image.dockerImageManifest = dockerImageManifest;
  if (dockerImageConfig) status.image.dockerImageConfig = dockerImageConfig;
}

function dropManifests(draft: ImageStreamImport): void {
  for (const [index, status] of (draft.status.images ?? []).entries())
    if (!draft.spec.images?.[index]?.includeManifest && status.image)
      status.image = withoutRawContents(status.image);
  if (draft.spec.repository?.includeManifest) return;
  for (const status of draft.status.repository?.images ?? [])
    if (status.image) status.image = withoutRawContents(status.image);
}

async function saveImport(
  deps: ImageDeps,
  draft: ImageStreamImport,
  stream: ImageStream,
  context: RequestContext,
): Promise<ImageStream> {
  const original = structuredClone(stream);
  const created = timestampOf(context.now);
  const imports = tagImportsOf(draft);
  if (!context.dryRun)
    for (const one of imports)
      if (one.status.status.status === 'Success') await storeImages(deps.client, one.status);
  applyImport(stream, imports, created);
  setImageStreamDefaults(stream);
  const annotations = stream.metadata.annotations ?? {};
  const isKnown = DOCKER_REPOSITORY_CHECK in annotations;
  const exists = Boolean(stream.metadata.resourceVersion);
  if (exists && isKnown && semanticEqual(original, stream)) return original;
  stream.metadata.annotations = { ...annotations, [DOCKER_REPOSITORY_CHECK]: created };
  return writeStream(deps.client, stream, context);
}

/**
 * newImageStreamImportStorage serves `create`: images are read from their registries, and with
 * `spec.import` they are stored and the tags of the stream point to them.
 */
export function newImageStreamImportStorage(deps: ImageDeps): ResourceStorage<ImageStreamImport> {
  return {
    async create(object, context) {
      const draft = structuredClone(object);
      setImageStreamImportDefaults(draft);
      draft.status = {};
      const name = draft.metadata.name ?? '';
      const errors = validateImageStreamImport(draft);
      if (errors.length > 0) throw newInvalid(KIND, name, errors);
      const found = await findStream(deps.client, context.namespace, name);
      checkPreconditions(draft, found);
      const stream = found ?? newStream(context.namespace, name);
      await runImport(deps, draft, stream, context.now);
      if (draft.spec.import) draft.status.import = await saveImport(deps, draft, stream, context);
      dropManifests(draft);
      draft.metadata.creationTimestamp ??= timestampOf(context.now);
      return draft;
    },
  };
}
