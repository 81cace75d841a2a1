import { validateEphemeralUpdate } from '../../../apis/core/v1/ephemeral-update-validation.ts';
import { validatePodResize } from '../../../apis/core/v1/pod-resize-validation.ts';
import { dropOfPodSpec } from '../../../apis/core/v1/switched-off.ts';
import type { Container, Pod, PodSpec } from '../../../apis/core/v1/types.ts';
import type { Subresource } from '../../../apiserver/resource-definition.ts';

/** keepOthers restores everything but a part of the spec. */
function keepOthers(draft: Pod, old: Pod, part: Partial<PodSpec>): void {
  const { managedFields } = draft.metadata;
  draft.metadata = { ...structuredClone(old.metadata), ...(managedFields && { managedFields }) };
  draft.spec = { ...structuredClone(old.spec), ...part } as PodSpec;
  if (old.status === undefined) delete draft.status;
  else draft.status = structuredClone(old.status);
}

/** ephemeralContainers adds containers for debugging to a pod that runs. */
export const ephemeralContainers: Subresource<Pod> = {
  kind: 'update',
  prepareForUpdate(draft, old) {
    dropOfPodSpec(draft.spec);
    const added = draft.spec?.ephemeralContainers ?? [];
    keepOthers(draft, old, {});
    if (draft.spec === undefined) return;
    if (added.length > 0) draft.spec.ephemeralContainers = added;
    else delete draft.spec.ephemeralContainers;
  },
  validateUpdate: validateEphemeralUpdate,
};

/** Containers as they were, with new amounts; undefined: others were added, or they have new names. */
function resized(
  containers: readonly Container[],
  old: readonly Container[],
): Container[] | undefined {
  if (containers.length !== old.length) return undefined;
  if (containers.some((one, index) => one.name !== old[index]?.name)) return undefined;
  return containers.map(({ resources, resizePolicy }, index) => {
    const { resources: _r, resizePolicy: _p, ...kept } = structuredClone(old[index]) as Container;
    return { ...kept, ...(resources && { resources }), ...(resizePolicy && { resizePolicy }) };
  });
}

/** resize changes cpu and memory of the containers of a pod that runs. */
export const resize: Subresource<Pod> = {
  kind: 'update',
  prepareForUpdate(draft, old) {
    dropOfPodSpec(draft.spec);
    const { containers = [], initContainers = [] } = draft.spec ?? {};
    const before = old.spec?.initContainers ?? [];
    if (containers.length !== old.spec?.containers.length) return;
    if (initContainers.length !== before.length) return;
    const inits = resized(initContainers, before) ?? initContainers;
    keepOthers(draft, old, {
      containers: resized(containers, old.spec.containers) ?? containers,
      ...(inits.length > 0 && { initContainers: inits }),
    });
  },
  validateUpdate: validatePodResize,
};
