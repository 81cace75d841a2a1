import { inputReference, isPaused } from '../../../apis/build.openshift.io/v1/names.ts';
import type {
  BuildConfig,
  BuildRequest,
  ImageChangeTrigger,
  ImageChangeTriggerStatus,
} from '../../../apis/build.openshift.io/v1/types.ts';
import type { ObjectReference } from '../../../apis/core/v1/types.ts';
import type { TagLookup } from './tag-lookup.ts';

/** IMAGE_CHANGE_MESSAGE is the cause that a build triggered by an image names. */
const IMAGE_CHANGE_MESSAGE = 'Image change';

interface Trigger {
  readonly policy: ImageChangeTrigger;
  readonly from: ObjectReference;
  readonly namespace: string;
  readonly name: string;
}

/** triggersOf lists the image change triggers of a config that follow image stream tags. */
function triggersOf(config: BuildConfig): Trigger[] {
  return (config.spec.triggers ?? []).flatMap(({ imageChange: policy }) => {
    const from = policy?.from ?? inputReference(config.spec.strategy);
    if (!policy || from?.kind !== 'ImageStreamTag' || !from.name) return [];
    const namespace = from.namespace || (config.metadata.namespace ?? '');
    return [{ policy, from, namespace, name: from.name }];
  });
}

/** streamsOfBuildConfig answers the keys of the image streams that can trigger a config. */
export function streamsOfBuildConfig(config: BuildConfig): string[] {
  return triggersOf(config).map(({ namespace, name }) => `${namespace}/${name.split(':')[0]}`);
}

function statusOf(config: BuildConfig, trigger: Trigger): ImageChangeTriggerStatus | undefined {
  const own = config.metadata.namespace ?? '';
  return config.status?.imageChangeTriggers?.find(
    ({ from }) => from?.name === trigger.name && (from.namespace || own) === trigger.namespace,
  );
}

function hasFired(config: BuildConfig, trigger: Trigger, image: string): boolean {
  return (
    statusOf(config, trigger)?.lastTriggeredImageID === image ||
    trigger.policy.lastTriggeredImageID === image
  );
}

/**
 * buildRequestFor answers the build that a config needs because images changed, or undefined. A
 * trigger fires once per image; paused configs and triggers, and tags without an image do not fire. The request
 * carries the version that it was decided on, so that a decision on old state builds nothing.
 */
export function buildRequestFor(config: BuildConfig, lookup: TagLookup): BuildRequest | undefined {
  const { namespace = '', name = '' } = config.metadata;
  if (isPaused(config)) return undefined;
  const fired = new Map<string, { from: ObjectReference; image: string }>();
  for (const trigger of triggersOf(config)) {
    if (trigger.policy.paused) continue;
    const image = lookup(trigger.namespace, trigger.name);
    if (image === undefined || hasFired(config, trigger, image)) continue;
    fired.set(`${trigger.namespace}/${trigger.name}`, { from: trigger.from, image });
  }
  const [first] = fired.values();
  if (!first) return undefined;
  return {
    apiVersion: 'build.openshift.io/v1',
    kind: 'BuildRequest',
    metadata: { name, namespace },
    lastVersion: config.status?.lastVersion ?? 0,
    from: first.from,
    triggeredByImage: { kind: 'DockerImage', name: first.image },
    triggeredBy: [...fired.values()].map(({ from, image }) => ({
      message: IMAGE_CHANGE_MESSAGE,
      imageChangeBuild: { imageID: image, fromRef: from },
    })),
  };
}

/**
 * withFiredTriggers answers a copy of a config that records the images of a request, in the status
 * and in the triggers themselves; undefined if they are recorded already.
 */
export function withFiredTriggers(
  config: BuildConfig,
  request: BuildRequest,
  now: string,
): BuildConfig | undefined {
  const fired = new Map(
    (request.triggeredBy ?? []).flatMap(({ imageChangeBuild: cause }) => {
      const namespace = cause?.fromRef?.namespace || (config.metadata.namespace ?? '');
      return cause?.fromRef?.name && cause.imageID
        ? [[`${namespace}/${cause.fromRef.name}`, cause.imageID] as const]
        : [];
    }),
  );
  const copy = structuredClone(config);
  const statuses = [...(copy.status?.imageChangeTriggers ?? [])];
  let isChanged = false;
  for (const trigger of triggersOf(copy)) {
    const image = fired.get(`${trigger.namespace}/${trigger.name}`);
    if (image === undefined || hasFired(config, trigger, image)) continue;
    isChanged = true;
    trigger.policy.lastTriggeredImageID = image;
    const { namespace, name } = trigger;
    const others = statuses.filter(
      ({ from }) => from?.name !== name || (from.namespace || namespace) !== namespace,
    );
    const entry = { from: { name, namespace }, lastTriggeredImageID: image, lastTriggerTime: now };
    statuses.splice(0, statuses.length, ...others, entry);
  }
  if (!isChanged) return undefined;
  copy.status = {
    ...copy.status,
    lastVersion: copy.status?.lastVersion ?? 0,
    imageChangeTriggers: statuses,
  };
  return copy;
}
