import { resolveLatestImage } from '../../../apis/image.openshift.io/v1/image-stream.ts';
import { parseImageStreamTagName } from '../../../apis/image.openshift.io/v1/names.ts';
import type { ImageStream } from '../../../apis/image.openshift.io/v1/types.ts';

/** TagLookup answers the pull specification of a tag's newest image; undefined while it has none. */
export type TagLookup = (namespace: string, nameAndTag: string) => string | undefined;

/** newTagLookup looks tags up in streams by key `namespace/name`. */
export function newTagLookup(getStream: (key: string) => ImageStream | undefined): TagLookup {
  return (namespace, nameAndTag) => {
    const parsed = parseImageStreamTagName(nameAndTag);
    const stream = parsed && getStream(`${namespace}/${parsed.name}`);
    return stream && resolveLatestImage(stream, parsed.tag);
  };
}
