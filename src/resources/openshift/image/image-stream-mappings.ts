import {
  addTagEvent,
  latestTagEvent,
  updateTrackingTags,
} from '../../../apis/image.openshift.io/v1/image-stream.ts';
import { MANAGED_BY_OPENSHIFT } from '../../../apis/image.openshift.io/v1/names.ts';
import type {
  Image,
  ImageStream,
  ImageStreamMapping,
  TagEvent,
} from '../../../apis/image.openshift.io/v1/types.ts';
import { validateImageStreamMapping } from '../../../apis/image.openshift.io/v1/validation.ts';
import { IMAGE_STREAMS, IMAGES } from '../../../apis/resource-types.ts';
import type { RequestContext, ResourceStorage } from '../../../apiserver/resource-definition.ts';
import { createUnlessExists } from '../../../client/create-unless-exists.ts';
import { isConflict, newInvalid } from '../../../machinery/status-error.ts';
import { newSuccess } from '../../../machinery/success.ts';
import { timestampOf } from '../../../machinery/timestamp.ts';
import type { ImageDeps } from './deps.ts';
import { getStream } from './stream-access.ts';

const KIND = { group: 'image.openshift.io', kind: 'ImageStreamMapping' };
const RESOURCE = 'imagestreammappings';
const MAX_ATTEMPTS = 50;

async function createImage(
  deps: ImageDeps,
  image: Image,
  context: RequestContext,
): Promise<'created' | 'existed'> {
  const { dryRun } = context;
  return (await createUnlessExists(deps.client, IMAGES, image, { dryRun })) ? 'created' : 'existed';
}

function movedElsewhere(before: TagEvent | undefined, now: TagEvent | undefined): boolean {
  if (!before || !now) return false;
  return before.image !== now.image || before.dockerImageReference !== now.dockerImageReference;
}

async function recordEvent(
  deps: ImageDeps,
  mapping: ImageStreamMapping,
  next: Omit<TagEvent, 'generation'>,
  first: ImageStream,
): Promise<void> {
  const { tag } = mapping;
  let stream = first;
  for (let attempt = 1; ; attempt++) {
    const before = structuredClone(latestTagEvent(stream, tag));
    const event = { ...next, generation: stream.metadata.generation ?? 0 };
    if (!addTagEvent(stream, tag, event)) return;
    updateTrackingTags(stream, tag, event);
    try {
      await deps.client.updateStatus(IMAGE_STREAMS, stream);
      return;
    } catch (error) {
      if (!isConflict(error) || attempt === MAX_ATTEMPTS) throw error;
      const { namespace = '', name = '' } = stream.metadata;
      stream = await getStream(deps.client, { namespace, name }, RESOURCE);
      // Somebody else moved this very tag: that write must not be silently undone.
      if (movedElsewhere(before, latestTagEvent(stream, tag))) throw error;
    }
  }
}

/** newImageStreamMappingStorage serves `create`: an image becomes known and a tag moves to it. */
export function newImageStreamMappingStorage(deps: ImageDeps): ResourceStorage<ImageStreamMapping> {
  return {
    async create(mapping, context) {
      const { namespace } = context;
      const name = mapping.metadata.name ?? '';
      const digest = mapping.image?.metadata?.name ?? '';
      const own = `${deps.internalRegistryHost}/${namespace}/${name}@${digest}`;
      const image: Image = {
        ...mapping.image,
        apiVersion: 'image.openshift.io/v1',
        kind: 'Image',
        dockerImageReference: mapping.image?.dockerImageReference || own,
      };
      delete image.signatures;
      const errors = validateImageStreamMapping({ ...mapping, image });
      if (errors.length > 0) throw newInvalid(KIND, name, errors);
      const stream = await getStream(deps.client, { namespace, name }, RESOURCE);
      const outcome = await createImage(deps, image, context);
      const isManaged = image.metadata.annotations?.[MANAGED_BY_OPENSHIFT] === 'true';
      const reference = outcome === 'existed' && isManaged ? own : image.dockerImageReference;
      const created = timestampOf(context.now);
      const next = { created, dockerImageReference: reference ?? own, image: digest };
      if (!context.dryRun) await recordEvent(deps, mapping, next, stream);
      return newSuccess();
    },
  };
}
