import { goJson } from '../../machinery/go-json.ts';
import { isJsonObject, type JsonObject } from '../../machinery/json-value.ts';
import type { KubeObject } from '../../machinery/object.ts';
import { fieldsOf } from '../fields/field-sets.ts';
import type { Shape } from '../fields/field-shape.ts';
import type { FieldTree } from '../fields/field-tree.ts';
import { cloneJson } from '../registry/clone.ts';

/**
 * KUBECTL is who changes from client-side to server-side apply. Upstream lets that manager, and no
 * other, take what its last client-side apply named, and keeps the annotation in which that apply is
 * noted up to date, so that one may go back.
 */
export const KUBECTL = 'kubectl';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** lastAppliedFields are the fields that the last client-side apply to an object named. */
export function lastAppliedFields(
  shape: Shape,
  current: KubeObject | undefined,
): FieldTree | undefined {
  const text = current?.metadata.annotations?.[LAST_APPLIED];
  if (text === undefined) return undefined;
  try {
    return fieldsOf(shape, JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** syncLastApplied notes a server-side apply in the annotation of client-side apply, where there is one. */
export function syncLastApplied(object: KubeObject, config: JsonObject): void {
  const { annotations } = object.metadata;
  if (annotations?.[LAST_APPLIED] === undefined) return;
  const noted = cloneJson(config);
  const metadata = isJsonObject(noted.metadata) ? noted.metadata : {};
  if (isJsonObject(metadata.annotations)) delete metadata.annotations[LAST_APPLIED];
  annotations[LAST_APPLIED] = `${goJson(noted)}\n`;
}
