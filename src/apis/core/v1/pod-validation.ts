import { type FieldError, forbidden, invalid, required } from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import { validatePodSpec } from './pod-spec-validation.ts';
import type { Container, Pod } from './types.ts';

/** imageErrors: templates may say `" "` for an image that a trigger fills in, pods may not. */
function imageErrors(containers: readonly Container[] | undefined, path: string): FieldError[] {
  const detail = 'must not have leading or trailing whitespace';
  return (containers ?? []).flatMap(({ image = '' }, index) =>
    image === image.trim() ? [] : [invalid(`${indexPath(path, index)}.image`, image, detail)],
  );
}

/** validatePod checks a pod that has its defaults; ephemeral containers come by their subresource. */
export function validatePod(pod: Pod): FieldError[] {
  const { spec } = pod;
  if (spec === undefined) return [required('spec.containers')];
  return [
    ...validatePodSpec(spec, 'spec', pod.metadata.name),
    ...imageErrors(spec.containers, 'spec.containers'),
    ...imageErrors(spec.initContainers, 'spec.initContainers'),
  ];
}

/** validatePodCreate checks what a pod may not have when it is made. */
export function validatePodCreate({ spec }: Pod): FieldError[] {
  const errors: FieldError[] = [];
  if ((spec?.ephemeralContainers ?? []).length > 0)
    errors.push(forbidden('spec.ephemeralContainers', 'cannot be set on create'));
  if (spec?.nodeName && (spec.schedulingGates ?? []).length > 0) {
    const detail = 'cannot be set until all schedulingGates have been cleared';
    errors.push(forbidden('spec.nodeName', detail));
  }
  return errors;
}
