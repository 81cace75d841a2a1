import { deepEqual } from '../../../machinery/deep-equal.ts';
import { type FieldError, forbidden, invalid, required } from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import { rangeError } from '../../../machinery/names.ts';
import { unifiedDiff } from '../../../machinery/unified-diff.ts';
import { goEqual, internalText, schemaOf } from '../../schema/index.ts';
import { validateTolerations } from './pod-spec-validation.ts';
import type { Container, Pod, PodSpec, Toleration } from './types.ts';

const MAX_DEADLINE = 2 ** 31 - 1;
const UPDATABLE =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

function validateImages(
  containers: readonly Container[],
  old: readonly Container[],
  path: string,
): FieldError[] {
  if (containers.length !== old.length)
    return [forbidden(path, 'pod updates may not add or remove containers')];
  return containers.flatMap(({ image = '' }, index) => {
    const at = `${indexPath(path, index)}.image`;
    if (image === '') return [required(at)];
    return image.trim() === image
      ? []
      : [invalid(at, image, 'must not have leading or trailing whitespace')];
  });
}

function validateDeadline(spec: PodSpec, old: PodSpec): FieldError[] {
  const path = 'spec.activeDeadlineSeconds';
  const [now, before] = [spec.activeDeadlineSeconds, old.activeDeadlineSeconds];
  if (now === undefined) {
    if (before === undefined) return [];
    return [invalid(path, null, 'must not update from a positive integer to nil value')];
  }
  if (now < 0 || now > MAX_DEADLINE) return [invalid(path, now, rangeError(0, MAX_DEADLINE))];
  return before !== undefined && before < now
    ? [invalid(path, now, 'must be less than or equal to previous value')]
    : [];
}

function validateAddedTolerations(
  tolerations: readonly Toleration[],
  old: readonly Toleration[],
): FieldError[] {
  const sameButSeconds = (a: Toleration, b: Toleration) =>
    deepEqual({ ...a, tolerationSeconds: 0 }, { ...b, tolerationSeconds: 0 });
  const kept = old.every((before) => tolerations.some((one) => sameButSeconds(before, one)));
  // Upstream looks at them again here: their causes are given twice.
  return kept
    ? validateTolerations(tolerations, 'spec.tolerations')
    : [
        forbidden(
          'spec.tolerations',
          'existing toleration can not be modified except its tolerationSeconds',
        ),
      ];
}

/** Scheduling gates are only taken away. */
function gateErrors(spec: PodSpec, old: PodSpec): FieldError[] {
  const before = new Set(old.schedulingGates?.map(({ name }) => name));
  return (spec.schedulingGates ?? []).flatMap(({ name }, index) => {
    if (before.has(name)) return [];
    const detail = `only deletion is allowed, but found new scheduling gate '${name}'`;
    return [forbidden(`${indexPath('spec.schedulingGates', index)}.name`, detail)];
  });
}

/** While gates hold a pod back, labels may be added to those that its node must have. */
function gatedSelectorErrors(spec: PodSpec, old: PodSpec): FieldError[] {
  const [now, before] = [spec.nodeSelector ?? {}, old.nodeSelector ?? {}];
  if (Object.entries(before).every(([key, value]) => now[key] === value)) return [];
  const detail = 'only additions are allowed (no mutations or deletions)';
  return [invalid('spec.nodeSelector', now, detail)];
}

function isGated({ schedulingGates = [] }: PodSpec): boolean {
  return schedulingGates.length > 0;
}

/** What remains of a spec when everything that may change is as it was. */
function withoutUpdatable(spec: PodSpec, old: PodSpec): PodSpec {
  const rest: PodSpec = structuredClone(spec);
  for (const name of ['containers', 'initContainers'] as const) {
    for (const [index, container] of (rest[name] ?? []).entries()) {
      const image = old[name]?.[index]?.image;
      if (image !== undefined) container.image = image;
    }
  }
  if (old.activeDeadlineSeconds === undefined) delete rest.activeDeadlineSeconds;
  else rest.activeDeadlineSeconds = old.activeDeadlineSeconds;
  if (old.tolerations === undefined) delete rest.tolerations;
  else rest.tolerations = old.tolerations;
  const kept: readonly (keyof PodSpec)[] = isGated(old)
    ? ['schedulingGates', 'nodeSelector']
    : ['schedulingGates'];
  for (const field of kept) {
    if (old[field] === undefined) delete rest[field];
    else Object.assign(rest, { [field]: old[field] });
  }
  const grace = old.terminationGracePeriodSeconds;
  if (grace !== undefined && grace < 0 && rest.terminationGracePeriodSeconds === 1)
    rest.terminationGracePeriodSeconds = grace;
  return rest;
}

/** Upstream shows its own form of the spec, in which pods are compared. */
function difference(spec: PodSpec, old: PodSpec): string {
  return unifiedDiff(internalText('core.PodSpec', old), internalText('core.PodSpec', spec));
}

/**
 * validatePodUpdate checks that an update changes only what may change of a pod that exists. With
 * `mayBind` the node may be set: the update is the second half of a binding.
 */
export function validatePodUpdate(
  pod: Pod,
  old: Pod,
  rule: { readonly mayBind: boolean },
): FieldError[] {
  const { spec } = pod;
  const before = old.spec;
  if (spec === undefined || before === undefined) return [];
  const errors = validateImages(spec.containers ?? [], before.containers, 'spec.containers');
  const inits = [spec.initContainers ?? [], before.initContainers ?? []] as const;
  errors.push(...validateImages(inits[0], inits[1], 'spec.initContainers'));
  if (errors.some((one) => one.type === 'FieldValueForbidden')) return errors;
  errors.push(
    ...validateDeadline(spec, before),
    ...validateAddedTolerations(spec.tolerations ?? [], before.tolerations ?? []),
    ...gateErrors(spec, before),
    ...(isGated(before) ? gatedSelectorErrors(spec, before) : []),
  );
  const rest = withoutUpdatable(spec, before);
  if (rule.mayBind) delete rest.nodeName;
  if (!goEqual(schemaOf('io.k8s.api.core.v1.PodSpec'), rest, before))
    errors.push(forbidden('spec', `${UPDATABLE}\n${difference(rest, before)}`));
  return errors;
}
