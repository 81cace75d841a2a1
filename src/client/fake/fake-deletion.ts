import type { DeleteOptions } from '../../machinery/meta/v1.ts';
import type { KubeObject, ResourceType } from '../../machinery/object.ts';
import { timestampOf } from '../../machinery/timestamp.ts';
import { statusOf, withStatus } from './fake-object.ts';

/**
 * deletionOf decides what a delete does: the object is gone, or it stays with a deletionTimestamp
 * (finalizers, a grace period of a pod that runs on a node, a namespace with `spec.finalizers`).
 */
export function deletionOf<T extends KubeObject>(
  type: ResourceType<T>,
  object: T,
  options: Partial<DeleteOptions>,
  now: Date,
): T | 'gone' {
  const finalizers = finalizersAfter(object, options);
  const graceSeconds = graceOf(type, object, options);
  const namespace = type.resource === 'namespaces' && hasSpecFinalizers(object);
  if (finalizers.length === 0 && graceSeconds === 0 && !namespace) return 'gone';
  const { deletionTimestamp, deletionGracePeriodSeconds } = object.metadata;
  const added = finalizers.length !== (object.metadata.finalizers?.length ?? 0);
  const shorter = graceSeconds < (deletionGracePeriodSeconds ?? Number.POSITIVE_INFINITY);
  if (deletionTimestamp && !added && !shorter) return object;
  const marked = {
    ...object,
    metadata: {
      ...object.metadata,
      ...(finalizers.length > 0 ? { finalizers } : {}),
      deletionTimestamp: timestampOf(new Date(now.getTime() + graceSeconds * 1000)),
      deletionGracePeriodSeconds: graceSeconds,
    },
  };
  if (!namespace) return marked;
  return withStatus(marked, { ...(statusOf(object) as object), phase: 'Terminating' });
}

function finalizersAfter(object: KubeObject, options: Partial<DeleteOptions>): string[] {
  const finalizers = new Set(object.metadata.finalizers);
  if (options.propagationPolicy === 'Foreground') finalizers.add('foregroundDeletion');
  if (options.propagationPolicy === 'Orphan') finalizers.add('orphan');
  return [...finalizers];
}

function graceOf(type: ResourceType, object: KubeObject, options: Partial<DeleteOptions>): number {
  if (type.resource !== 'pods' || type.group !== '') return 0;
  const { spec, status } = object as {
    spec?: { nodeName?: string; terminationGracePeriodSeconds?: number };
    status?: { phase?: string };
  };
  const finished = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  if (!spec?.nodeName || finished) return 0;
  return options.gracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30;
}

function hasSpecFinalizers(object: KubeObject): boolean {
  const { spec } = object as { spec?: { finalizers?: readonly string[] } };
  return (spec?.finalizers?.length ?? 0) > 0;
}
