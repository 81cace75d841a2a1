import type { Image, ImageStream } from '../../../apis/image.openshift.io/v1/types.ts';
import { IMAGE_STREAMS, IMAGES } from '../../../apis/resource-types.ts';
import type { RequestContext } from '../../../apiserver/resource-definition.ts';
import type { Client } from '../../../client/client.ts';
import {
  isAlreadyExists,
  isConflict,
  isNotFound,
  newNotFound,
  newTimeout,
} from '../../../machinery/status-error.ts';
import { asInternalWrite } from './internal-write.ts';

const MAX_ATTEMPTS = 10;

/** findStream answers a copy of a stream that the caller may change, or undefined. */
export async function findStream(
  client: Client,
  namespace: string,
  name: string,
): Promise<ImageStream | undefined> {
  try {
    return structuredClone(await client.get(IMAGE_STREAMS, { namespace, name }));
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/**
 * getStream is findStream that throws NotFound. As upstream, the message names the resource that was
 * asked for: `imagestreamtags.image.openshift.io "web" not found` for a tag of a missing stream.
 */
export async function getStream(
  client: Client,
  stream: { readonly namespace: string; readonly name: string },
  asked: string,
): Promise<ImageStream> {
  const found = await findStream(client, stream.namespace, stream.name);
  if (found) return found;
  throw newNotFound({ group: 'image.openshift.io', resource: asked }, stream.name);
}

/** newStream is a stream that does not exist yet. */
export function newStream(namespace: string, name: string): ImageStream {
  return {
    apiVersion: 'image.openshift.io/v1',
    kind: 'ImageStream',
    metadata: { namespace, name },
    spec: { lookupPolicy: { local: false } },
  };
}

/** writeStream creates or updates a stream, spec and status, on behalf of the request's user. */
export function writeStream(
  client: Client,
  stream: ImageStream,
  context: RequestContext,
): Promise<ImageStream> {
  const { dryRun, fieldManager } = context;
  const exists = Boolean(stream.metadata.resourceVersion);
  return asInternalWrite(context.user, () =>
    exists
      ? client.update(IMAGE_STREAMS, stream, { dryRun, fieldManager })
      : client.create(IMAGE_STREAMS, stream, { dryRun, fieldManager }),
  );
}

/**
 * changeStream reads, changes and writes a stream, again when another writer was faster. The change
 * gets a stream that does not exist yet where `create` is set, else NotFound is thrown.
 */
export async function changeStream(
  client: Client,
  target: { readonly name: string; readonly create: boolean; readonly asked: string },
  change: (stream: ImageStream) => void | Promise<void>,
  context: RequestContext,
): Promise<ImageStream> {
  const { namespace } = context;
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const stream = target.create
      ? ((await findStream(client, namespace, target.name)) ?? newStream(namespace, target.name))
      : await getStream(client, { namespace, name: target.name }, target.asked);
    await change(stream);
    try {
      return await writeStream(client, stream, context);
    } catch (error) {
      if (!isConflict(error) && !isAlreadyExists(error)) throw error;
    }
  }
  throw newTimeout(`the image stream ${target.name} kept changing, try again`, 2);
}

/** findImage answers a copy of an image, or undefined. */
export async function findImage(client: Client, name: string): Promise<Image | undefined> {
  try {
    return structuredClone(await client.get(IMAGES, { name }));
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
