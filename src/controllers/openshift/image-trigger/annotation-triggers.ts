import type { Deployment } from '../../../apis/apps/v1/types.ts';
import type { Container, PodSpec } from '../../../apis/core/v1/types.ts';
import type { TagLookup } from './tag-lookup.ts';

/** TRIGGERS is the annotation by which objects that know no triggers ask for new images. */
const TRIGGERS = 'image.openshift.io/triggers';
const FIELD_PATH = /^spec\.template\.spec\.(containers|initContainers)\[(.+)\]\.image$/;
const BY_NAME = /^\?\(@\.name==(["'])(.+)\1\)$/;

interface FieldTrigger {
  readonly fieldPath: string;
  readonly namespace: string;
  readonly name: string;
}

/** JsonTrigger is one entry as users write it; documents write `paused` as a text, too. */
interface JsonTrigger {
  readonly from?: {
    readonly kind?: unknown;
    readonly name?: unknown;
    readonly namespace?: unknown;
  };
  readonly fieldPath?: unknown;
  readonly paused?: unknown;
}

function isObject(value: unknown): value is JsonTrigger {
  return typeof value === 'object' && value !== null;
}

/** entriesOf reads the annotation; what is not a list of objects triggers nothing. */
function entriesOf(text: string): JsonTrigger[] {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) ? parsed.filter(isObject) : [];
  } catch {
    return [];
  }
}

function triggersOf({ metadata }: Deployment): FieldTrigger[] {
  const own = metadata.namespace ?? '';
  return entriesOf(metadata.annotations?.[TRIGGERS] ?? '').flatMap((entry) => {
    const { from, fieldPath, paused } = entry;
    if (from?.kind !== 'ImageStreamTag' || typeof from.name !== 'string') return [];
    if (typeof fieldPath !== 'string' || paused === true || paused === 'true') return [];
    const namespace = typeof from.namespace === 'string' && from.namespace ? from.namespace : own;
    return [{ fieldPath, namespace, name: from.name }];
  });
}

/** streamsOfDeployment answers the keys of the image streams whose images a deployment follows. */
export function streamsOfDeployment(deployment: Deployment): string[] {
  const keys = triggersOf(deployment).map(
    ({ namespace, name }) => `${namespace}/${name.split(':')[0]}`,
  );
  return [...new Set(keys)];
}

/** containerAt finds the container of `spec.template.spec.containers[?(@.name=="web")].image`. */
function containerAt(spec: PodSpec | undefined, fieldPath: string): Container | undefined {
  const [, list, selector = ''] = FIELD_PATH.exec(fieldPath) ?? [];
  const containers = list === 'initContainers' ? spec?.initContainers : spec?.containers;
  if (list === undefined || !containers) return undefined;
  if (/^\d+$/.test(selector)) return containers[Number(selector)];
  const name = BY_NAME.exec(selector)?.[2];
  return containers.find((one) => one.name === name);
}

/**
 * resolveAnnotatedImages answers a copy of a deployment whose containers have the newest images of
 * its annotation; undefined if they have them. Tags without an image leave their container as it is.
 */
export function resolveAnnotatedImages(
  deployment: Deployment,
  lookup: TagLookup,
): Deployment | undefined {
  const draft = structuredClone(deployment);
  let isChanged = false;
  for (const { fieldPath, namespace, name } of triggersOf(draft)) {
    const image = lookup(namespace, name);
    const container = containerAt(draft.spec?.template.spec, fieldPath);
    if (!image || !container || container.image === image) continue;
    container.image = image;
    isChanged = true;
  }
  return isChanged ? draft : undefined;
}
