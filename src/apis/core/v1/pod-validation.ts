import { type FieldError, forbidden, invalid, required } from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import { labelKeyErrors } from '../../../machinery/names.ts';
import { validatePodSpec } from './pod-spec-validation.ts';
import type { Container, ContainerStatus, Pod } from './types.ts';
import { immutable, texts } from './validation-rules.ts';

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
    ...validatePodSpec(spec, 'spec'),
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

function validateTransitions(
  statuses: readonly ContainerStatus[] | undefined,
  old: readonly ContainerStatus[] | undefined,
  rule: { readonly path: string; readonly mayRestartFailed: boolean },
): FieldError[] {
  return (old ?? []).flatMap((before, index) => {
    const ended = before.state?.terminated;
    if (ended === undefined) return [];
    if (ended.exitCode !== 0 && rule.mayRestartFailed) return [];
    const now = (statuses ?? []).find((one) => one.name === before.name);
    if (now === undefined || now.state?.terminated !== undefined) return [];
    const path = `${indexPath(rule.path, index)}.state`;
    return [forbidden(path, 'may not be transitioned to non-terminated state')];
  });
}

/** validatePodStatusUpdate checks that what has ended stays so, and that the QoS class stays. */
export function validatePodStatusUpdate(pod: Pod, old: Pod): FieldError[] {
  const errors: FieldError[] = [];
  for (const [index, { type }] of (pod.status?.conditions ?? []).entries())
    errors.push(
      ...texts(`${indexPath('status.conditions', index)}.type`, type, labelKeyErrors(type)),
    );
  if (old.status?.qosClass)
    errors.push(...immutable('status.qosClass', pod.status?.qosClass, old.status.qosClass));
  const policy = old.spec?.restartPolicy;
  if (policy !== 'Always') {
    errors.push(
      ...validateTransitions(pod.status?.containerStatuses, old.status?.containerStatuses, {
        path: 'status.containerStatuses',
        mayRestartFailed: policy === 'OnFailure',
      }),
    );
  }
  for (const [index, { ip }] of (pod.status?.podIPs ?? []).entries())
    if (!/^[0-9a-fA-F.:]+$/.test(ip)) {
      const detail = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
      errors.push(invalid(indexPath('status.podIPs', index), ip, detail));
    }
  return errors;
}
