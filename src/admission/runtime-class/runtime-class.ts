import type { Pod, PodSpec, Toleration } from '../../apis/core/v1/types.ts';
import type { RuntimeClass, Scheduling } from '../../apis/node.k8s.io/v1/types.ts';
import { RUNTIME_CLASSES } from '../../apis/resource-types.ts';
import type { CacheReader } from '../../apiserver/cache/cache-reader.ts';
import type { Admission, AdmissionRequest } from '../../apiserver/contracts.ts';
import { deepEqual, semanticEqual } from '../../machinery/deep-equal.ts';
import { newBadRequest } from '../../machinery/status-error.ts';
import { newRefusal } from '../refusal.ts';

const MISMATCH = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead";

function refuse(request: AdmissionRequest, text: string): never {
  throw newRefusal(request, text);
}

function isNewPod({ type, operation, subresource }: AdmissionRequest): boolean {
  return (
    type.group === '' && type.resource === 'pods' && operation === 'CREATE' && subresource === ''
  );
}

function schedule(request: AdmissionRequest, spec: PodSpec, scheduling: Scheduling): void {
  for (const [key, value] of Object.entries(scheduling.nodeSelector ?? {})) {
    const own = spec.nodeSelector?.[key];
    if (own !== undefined && own !== value)
      refuse(
        request,
        `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own}`,
      );
    spec.nodeSelector = { ...spec.nodeSelector, [key]: value };
  }
  const own = spec.tolerations ?? [];
  const isNew = (one: Toleration) => !own.some((other) => deepEqual(one, other));
  const added = structuredClone((scheduling.tolerations ?? []).filter(isNew));
  if (added.length > 0) spec.tolerations = [...own, ...added];
}

/**
 * newRuntimeClass gives pods of a runtime class its overhead and lets them run only where it can:
 * the RuntimeClass admission plugin.
 */
export function newRuntimeClass(deps: { cache(): CacheReader }): Admission {
  const classFor = (request: AdmissionRequest, spec: PodSpec): RuntimeClass | undefined => {
    const name = spec.runtimeClassName;
    if (name === undefined) return undefined;
    if (name === '') throw newBadRequest('resource name may not be empty');
    const found = deps.cache().get(RUNTIME_CLASSES, '', name);
    if (found === undefined)
      refuse(request, `pod rejected: RuntimeClass ${JSON.stringify(name)} not found`);
    return found;
  };
  return {
    mutate(request) {
      const spec = isNewPod(request) ? (request.object as Pod).spec : undefined;
      if (spec === undefined) return;
      const found = classFor(request, spec);
      const overhead = found?.overhead?.podFixed;
      if (overhead !== undefined) {
        const own = spec.overhead ?? {};
        if (Object.keys(own).length > 0 && !semanticEqual(own, overhead)) refuse(request, MISMATCH);
        spec.overhead = { ...overhead };
      }
      if (found?.scheduling !== undefined) schedule(request, spec, found.scheduling);
    },
    validate(request) {
      const spec = isNewPod(request) ? (request.object as Pod).spec : undefined;
      if (spec === undefined) return;
      const overhead = classFor(request, spec)?.overhead;
      if (overhead === undefined && spec.overhead !== undefined)
        refuse(
          request,
          'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead',
        );
      if (overhead !== undefined && !semanticEqual(overhead.podFixed, spec.overhead))
        refuse(request, MISMATCH);
    },
  };
}
