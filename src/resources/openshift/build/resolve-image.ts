import type { ObjectReference } from '../../../apis/core/v1/types.ts';
import {
  resolveImageId,
  resolveLatestImage,
} from '../../../apis/image.openshift.io/v1/image-stream.ts';
import {
  parseImageStreamImageName,
  parseImageStreamTagName,
} from '../../../apis/image.openshift.io/v1/names.ts';
import type { ImageStream } from '../../../apis/image.openshift.io/v1/types.ts';
import { IMAGE_STREAMS } from '../../../apis/resource-types.ts';
import type { Client } from '../../../client/client.ts';
import { newFailure, type StatusError } from '../../../machinery/status-error.ts';

interface Failed {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly why: string;
  readonly cause?: unknown;
}

function unresolved({ kind, namespace, name, why, cause }: Failed): StatusError {
  const message = `Error resolving ${kind} ${name} in namespace ${namespace}: ${why}`;
  const details = { kind, name, causes: [{ field: 'from', message }] };
  return newFailure({ code: 422, reason: 'Invalid', message, details, cause });
}

async function streamOf(client: Client, about: Failed, stream: string): Promise<ImageStream> {
  try {
    return await client.get(IMAGE_STREAMS, { namespace: about.namespace, name: stream });
  } catch (cause) {
    throw unresolved({ ...about, why: (cause as Error).message, cause });
  }
}

/**
 * resolveImage answers the pull specification that an image reference of a build means now. Throws
 * a StatusError 422 `Error resolving …` when a stream, tag or image is missing.
 */
export async function resolveImage(
  client: Client,
  from: ObjectReference,
  defaultNamespace: string,
): Promise<string> {
  const { kind = 'ImageStreamTag', name = '' } = from;
  if (kind === 'DockerImage') return name;
  const about: Failed = { kind, name, namespace: from.namespace || defaultNamespace, why: '' };
  if (kind === 'ImageStreamTag') {
    const parsed = parseImageStreamTagName(name);
    if (parsed === undefined) {
      throw unresolved({
        ...about,
        why: `image stream tag "${name}" must be in form of <name>:<tag>`,
      });
    }
    const stream = await streamOf(client, about, parsed.name);
    const reference = resolveLatestImage(stream, parsed.tag);
    if (reference) return reference;
    throw unresolved({ ...about, why: 'unable to find latest tagged image' });
  }
  const parsed = parseImageStreamImageName(name);
  if (kind !== 'ImageStreamImage' || parsed === undefined) {
    throw unresolved({ ...about, why: `"${name}" must be in form of <name>@<id>` });
  }
  const stream = await streamOf(client, about, parsed.name);
  try {
    const { dockerImageReference = '' } = resolveImageId(stream, parsed.id, '');
    return dockerImageReference;
  } catch (cause) {
    const why = `unable to find corresponding tag for image "${parsed.id}"`;
    throw unresolved({ ...about, why, cause });
  }
}
