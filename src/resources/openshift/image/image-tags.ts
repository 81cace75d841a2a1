import { setTagReferenceDefaults } from '../../../apis/image.openshift.io/v1/defaults.ts';
import type { ImageTag, TagReference } from '../../../apis/image.openshift.io/v1/types.ts';
import { tagReferenceErrors } from '../../../apis/image.openshift.io/v1/validation.ts';
import { invalid, required } from '../../../machinery/field-error.ts';
import { newInvalid } from '../../../machinery/status-error.ts';
import type { TagViewRules } from './tag-storage.ts';
import { imageTagView } from './tag-views.ts';

const KIND = { group: 'image.openshift.io', kind: 'ImageTag' };

function checked(object: ImageTag, tag: string): TagReference | undefined {
  const reference = object.spec ?? undefined;
  if (!reference) return undefined;
  setTagReferenceDefaults(reference);
  const errors = tagReferenceErrors(reference, 'spec');
  if (reference.name !== tag)
    errors.unshift(invalid('spec.name', reference.name ?? '', 'must match image tag name'));
  if (errors.length > 0) throw newInvalid(KIND, object.metadata.name ?? '', errors);
  return reference;
}

/** IMAGE_TAG_RULES: an ImageTag exists as soon as its tag is in the spec or has a history. */
export const IMAGE_TAG_RULES: TagViewRules<ImageTag> = {
  kind: 'ImageTag',
  resource: 'imagetags',
  needsImage: false,
  view: imageTagView,
  listedTags: (stream) =>
    [
      ...new Set([
        ...(stream.spec?.tags ?? []).map((one) => one.name),
        ...(stream.status?.tags ?? []).map((one) => one.tag),
      ]),
    ].sort(),
  createdTag(object, tag) {
    const reference = checked(object, tag);
    if (reference) return reference;
    const text = 'spec is a required field during creation';
    throw newInvalid(KIND, object.metadata.name ?? '', [required('spec', text)]);
  },
  updatedTag: ({ next, tag }) => checked(next, tag) ?? 'remove',
};
