import { setTagReferenceDefaults } from '../../../apis/image.openshift.io/v1/defaults.ts';
import { specTag } from '../../../apis/image.openshift.io/v1/image-stream.ts';
import type { ImageStreamTag, TagReference } from '../../../apis/image.openshift.io/v1/types.ts';
import { tagReferenceErrors } from '../../../apis/image.openshift.io/v1/validation.ts';
import { semanticEqual } from '../../../machinery/deep-equal.ts';
import { type FieldError, invalid } from '../../../machinery/field-error.ts';
import { newBadRequest, newInvalid } from '../../../machinery/status-error.ts';
import type { TagViewRules } from './tag-storage.ts';
import { imageStreamTagView } from './tag-views.ts';

const KIND = { group: 'image.openshift.io', kind: 'ImageStreamTag' };

/** tagOf answers the spec tag of an object; clients send null for none. */
function tagOf(object: ImageStreamTag): TagReference | undefined {
  return object.tag ?? undefined;
}

function annotationErrors(object: ImageStreamTag): FieldError[] {
  const own = tagOf(object)?.annotations;
  if (!own || semanticEqual(own, object.metadata.annotations ?? {})) return [];
  const text =
    'tag annotations must not be provided or must be equal to the object meta annotations';
  return [invalid('tag.annotations', '<map>', text)];
}

function check(object: ImageStreamTag, reference: TagReference | undefined): void {
  const errors = reference ? tagReferenceErrors(reference, 'tag') : [];
  const all = [...errors, ...annotationErrors(object)];
  if (all.length > 0) throw newInvalid(KIND, object.metadata.name ?? '', all);
}

/** IMAGE_STREAM_TAG_RULES: an ImageStreamTag exists once its tag has an image. */
export const IMAGE_STREAM_TAG_RULES: TagViewRules<ImageStreamTag> = {
  kind: 'ImageStreamTag',
  resource: 'imagestreamtags',
  needsImage: true,
  view: imageStreamTagView,
  listedTags: (stream) =>
    (stream.status?.tags ?? []).filter((one) => one.items?.[0]?.image).map((one) => one.tag),
  createdTag(object, tag) {
    const reference = tagOf(object);
    if (!reference) return undefined;
    if (!reference.name) reference.name = tag;
    setTagReferenceDefaults(reference);
    check(object, reference);
    return reference;
  },
  updatedTag({ next, tag, stream }) {
    const existing = specTag(stream, tag);
    const sent = tagOf(next);
    const { annotations } = next.metadata;
    if (!sent && !existing) {
      const { namespace, name } = stream.metadata;
      throw newBadRequest(
        `imagestreamtag ${tag} is not a spec tag in imagestream ${namespace}/${name}, cannot be updated`,
      );
    }
    const reference: TagReference = { ...(sent ?? existing), name: tag };
    // Annotations of the object win, so that a get and an update need to set only one place.
    if (annotations) reference.annotations = annotations;
    else delete reference.annotations;
    setTagReferenceDefaults(reference);
    check({ ...next, tag: reference }, reference);
    return reference;
  },
};
