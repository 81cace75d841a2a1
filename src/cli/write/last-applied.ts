import { goJson } from '../../machinery/go-json.ts';
import type { KubeObject } from '../../machinery/object.ts';

/** LAST_APPLIED is the annotation that remembers what `apply` sent last. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** withLastApplied answers the object with its own configuration in the annotation. */
export function withLastApplied(object: KubeObject): KubeObject {
  const { [LAST_APPLIED]: _, ...annotations } = object.metadata.annotations ?? {};
  const plain = { ...object, metadata: { ...object.metadata, annotations } };
  const text = `${goJson(plain)}\n`;
  return {
    ...plain,
    metadata: { ...plain.metadata, annotations: { ...annotations, [LAST_APPLIED]: text } },
  };
}

/** lastAppliedOf reads the annotation; undefined when there is none, or it is broken. */
export function lastAppliedOf(object: KubeObject): KubeObject | undefined {
  const text = object.metadata.annotations?.[LAST_APPLIED];
  if (!text) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
