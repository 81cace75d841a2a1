import type { Container, ObjectReference, PodSpec } from '../apis/core/v1/types.ts';
import type { KubeObject } from '../machinery/object.ts';

/** TRIGGERS_ANNOTATION carries the image triggers of objects that have no field for them. */
export const TRIGGERS_ANNOTATION = 'image.openshift.io/triggers';

/** AnnotationTrigger sets an image field of an object to what an image stream tag means. */
export interface AnnotationTrigger {
  readonly from: ObjectReference;
  readonly fieldPath: string;
  readonly paused?: boolean | string;
}

/** ContainerTrigger is an image trigger with the name of the container that it changes. */
export interface ContainerTrigger {
  readonly container: string;
  readonly from: ObjectReference;
  readonly isPaused: boolean;
}

function isTrigger(value: unknown): value is AnnotationTrigger {
  if (typeof value !== 'object' || value === null) return false;
  const { from, fieldPath } = value as Partial<AnnotationTrigger>;
  return typeof fieldPath === 'string' && typeof from === 'object' && from !== null;
}

function containerAt(path: string, spec: PodSpec | undefined): Container | undefined {
  const at = /(initContainers|containers)\[(?:(\d+)|\?\(@\.name==["'](.*)["']\))\]\.image$/.exec(
    path,
  );
  if (!at) return undefined;
  const [, field, index, name] = at;
  const list = (field === 'containers' ? spec?.containers : spec?.initContainers) ?? [];
  return index === undefined ? list.find((one) => one.name === name) : list[Number(index)];
}

/**
 * containerTriggersOf reads the image triggers in an object's annotations; triggers of containers
 * that do not exist are left out, and so is everything when the annotation cannot be read.
 */
export function containerTriggersOf(
  { metadata }: KubeObject,
  spec: PodSpec | undefined,
): ContainerTrigger[] {
  let list: unknown;
  try {
    list = JSON.parse(metadata.annotations?.[TRIGGERS_ANNOTATION] ?? '[]');
  } catch {
    return [];
  }
  if (!Array.isArray(list)) return [];
  return list.filter(isTrigger).flatMap(({ from, fieldPath, paused }) => {
    const container = containerAt(fieldPath, spec);
    return container
      ? [{ container: container.name, from, isPaused: String(paused) === 'true' }]
      : [];
  });
}
