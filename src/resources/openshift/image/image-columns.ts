import {
  imageTagCells,
  imageTagUpdatedText,
  repositoryText,
  tagsText,
  updatedText,
} from '../../../apis/image.openshift.io/v1/columns.ts';
import { agoText } from '../../../apis/image.openshift.io/v1/relative-time.ts';
import type {
  Image,
  ImageStream,
  ImageStreamImage,
  ImageStreamTag,
  ImageTag,
} from '../../../apis/image.openshift.io/v1/types.ts';
import type { Column } from '../../../apiserver/resource-definition.ts';
import type { KubeObject } from '../../../machinery/object.ts';

function nameColumn<T extends KubeObject>(): Column<T> {
  return {
    name: 'Name',
    type: 'string',
    format: 'name',
    description: 'The name of the object.',
    cell: ({ metadata }) => metadata.name ?? '',
  };
}

function text<T extends KubeObject>(
  name: string,
  description: string,
  cell: Column<T>['cell'],
): Column<T> {
  return { name, type: 'string', description, cell };
}

const REFERENCE = 'Where the image is pulled from.';
const UPDATED = 'Last update time.';

/** IMAGE_COLUMNS of `oc get images`. */
export const IMAGE_COLUMNS: readonly Column<Image>[] = [
  nameColumn(),
  text('Image Reference', REFERENCE, (image) => image.dockerImageReference ?? ''),
];

/** IMAGE_STREAM_COLUMNS of `oc get is`. */
export const IMAGE_STREAM_COLUMNS: readonly Column<ImageStream>[] = [
  nameColumn(),
  text('Image Repository', 'Where images of the stream can be pushed and pulled.', repositoryText),
  text('Tags', 'Human readable list of tags.', tagsText),
  text('Updated', UPDATED, updatedText),
];

/** IMAGE_STREAM_TAG_COLUMNS of `oc get istag`. */
export const IMAGE_STREAM_TAG_COLUMNS: readonly Column<ImageStreamTag>[] = [
  nameColumn(),
  text('Image Reference', REFERENCE, ({ image }) => image.dockerImageReference ?? ''),
  text('Updated', UPDATED, ({ metadata }, now) => agoText(metadata.creationTimestamp, now)),
  {
    ...text('Image Name', 'The image of the tag.', ({ image }) => image.metadata.name ?? ''),
    priority: 1,
  },
];

/** IMAGE_TAG_COLUMNS of `oc get itag`. */
export const IMAGE_TAG_COLUMNS: readonly Column<ImageTag>[] = [
  nameColumn(),
  text('Spec', 'How the tag gets its image.', (tag) => imageTagCells(tag).spec),
  text('Status', 'The image of the tag, or why it has none.', (tag) => imageTagCells(tag).status),
  {
    name: 'History',
    type: 'integer',
    description: 'Number of history entries',
    cell: ({ status }) => status?.items?.length ?? 0,
  },
  text('Updated', 'Last updated at', imageTagUpdatedText),
];

/** IMAGE_STREAM_IMAGE_COLUMNS of `oc get isimage`. */
export const IMAGE_STREAM_IMAGE_COLUMNS: readonly Column<ImageStreamImage>[] = [
  nameColumn(),
  text('Updated', UPDATED, ({ metadata }, now) => agoText(metadata.creationTimestamp, now)),
  {
    ...text('Image Reference', REFERENCE, ({ image }) => image.dockerImageReference ?? ''),
    priority: 1,
  },
  {
    ...text('Image Name', 'The image.', ({ image }) => image.metadata.name ?? ''),
    priority: 1,
  },
];
