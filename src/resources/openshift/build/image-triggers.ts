import { inputReference } from '../../../apis/build.openshift.io/v1/names.ts';
import type {
  BuildConfig,
  BuildRequest,
  ImageChangeTriggerStatus,
} from '../../../apis/build.openshift.io/v1/types.ts';
import type { ObjectReference } from '../../../apis/core/v1/types.ts';
import type { Client } from '../../../client/client.ts';
import { newInternalError, StatusError } from '../../../machinery/status-error.ts';
import { timestampOf } from '../../../machinery/timestamp.ts';
import { resolveImage } from './resolve-image.ts';

function keyOf(reference: Pick<ObjectReference, 'name' | 'namespace'>, namespace: string): string {
  return `${reference.namespace || namespace}/${reference.name ?? ''}`;
}

/** triggerStatusFor answers what is recorded of the trigger of one image stream tag. */
export function triggerStatusFor(
  config: BuildConfig,
  reference: ObjectReference,
): ImageChangeTriggerStatus | undefined {
  const namespace = config.metadata.namespace ?? '';
  const wanted = keyOf(reference, namespace);
  return config.status?.imageChangeTriggers?.find(
    ({ from }) => from && keyOf(from, namespace) === wanted,
  );
}

function refuseRepeated(config: BuildConfig, request: BuildRequest): void {
  const { from, triggeredByImage } = request;
  const recorded = from && triggerStatusFor(config, from)?.lastTriggeredImageID;
  if (triggeredByImage === undefined || recorded !== triggeredByImage.name) return;
  const { namespace, name } = config.metadata;
  const text = `build config ${namespace}/${name} has already instantiated a build for imageid ${triggeredByImage.name}`;
  throw newInternalError(new Error(text));
}

async function resolved(
  client: Client,
  reference: ObjectReference,
  config: BuildConfig,
  optional: boolean,
): Promise<string> {
  try {
    return await resolveImage(client, reference, config.metadata.namespace ?? '');
  } catch (error) {
    if (optional && error instanceof StatusError) return '';
    throw error;
  }
}

/**
 * updateImageTriggers records in a draft of a config which image each of its image change triggers
 * has seen: that of the request for the trigger that caused it, the newest for all others. Throws
 * when the request's image has had its build, or when the strategy's own image is missing.
 */
export async function updateImageTriggers(
  client: Client,
  draft: BuildConfig,
  request: BuildRequest,
  now: Date,
): Promise<void> {
  refuseRepeated(draft, request);
  const namespace = draft.metadata.namespace ?? '';
  const recorded: ImageChangeTriggerStatus[] = [];
  for (const { type, imageChange } of draft.spec.triggers ?? []) {
    if (type !== 'ImageChange' || !imageChange) continue;
    const reference = imageChange.from ?? inputReference(draft.spec.strategy);
    if (reference === undefined) continue;
    const from = {
      ...(reference.namespace ? { namespace: reference.namespace } : {}),
      name: reference.name ?? '',
    };
    const { triggeredByImage } = request;
    const caused =
      triggeredByImage !== undefined &&
      request.from !== undefined &&
      keyOf(request.from, namespace) === keyOf(reference, namespace);
    if (caused) {
      const lastTriggeredImageID = triggeredByImage.name ?? '';
      recorded.push({ from, lastTriggeredImageID, lastTriggerTime: timestampOf(now) });
    } else {
      const optional = imageChange.from !== undefined;
      const lastTriggeredImageID = await resolved(client, reference, draft, optional);
      recorded.push({ from, lastTriggeredImageID });
    }
  }
  draft.status = { ...draft.status, imageChangeTriggers: recorded };
}
