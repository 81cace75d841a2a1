import { matchesImageId } from '../../../apis/image.openshift.io/v1/image-stream.ts';
import { parseImageStreamImageName } from '../../../apis/image.openshift.io/v1/names.ts';
import type { ImageStreamImage } from '../../../apis/image.openshift.io/v1/types.ts';
import type { ResourceStorage } from '../../../apiserver/resource-definition.ts';
import type { Client } from '../../../client/client.ts';
import { newBadRequest, newNotFound } from '../../../machinery/status-error.ts';
import { imageStreamLayers } from './layers.ts';
import { findImage, getStream } from './stream-access.ts';
import { embeddedImage } from './tag-views.ts';

const SINGULAR = { group: 'image.openshift.io', resource: 'imagestreamimage' };

/** newImageStreamImageStorage serves `get` of `<stream>@<id>`; the id may be shortened. */
export function newImageStreamImageStorage(client: Client): ResourceStorage<ImageStreamImage> {
  return {
    async get(text, context) {
      const parsed = parseImageStreamImageName(text);
      if (!parsed) throw newBadRequest('ImageStreamImages must be retrieved with <name>@<id>');
      const stream = await getStream(
        client,
        { namespace: context.namespace, name: parsed.name },
        'imagestreamimages',
      );
      const layers = await imageStreamLayers(client, stream);
      const name = Object.keys(layers.images).find((one) => matchesImageId(one, parsed.id));
      const image = name === undefined ? undefined : await findImage(client, name);
      if (!image) throw newNotFound(SINGULAR, text);
      const { creationTimestamp } = image.metadata;
      const { annotations } = stream.metadata;
      return {
        apiVersion: 'image.openshift.io/v1',
        kind: 'ImageStreamImage',
        metadata: {
          ...(annotations ? { annotations } : {}),
          ...(creationTimestamp ? { creationTimestamp } : {}),
          name: text,
          namespace: context.namespace,
        },
        image: embeddedImage(image),
      };
    },
  };
}
