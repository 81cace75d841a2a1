import { semanticEqual } from '../../../machinery/deep-equal.ts';
import { type FieldError, forbidden, invalid } from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import { validatePod } from './pod-validation.ts';
import { qosClassOf } from './qos-class.ts';
import type { Container, Pod, PodSpec, ResourceRequirements } from './types.ts';

const LISTS = ['containers', 'initContainers'] as const;
const MUTABLE = ['cpu', 'memory'];

function orderErrors(spec: PodSpec, old: PodSpec): FieldError[] {
  return LISTS.flatMap((list) => {
    const [now, before] = [spec[list] ?? [], old[list] ?? []];
    const path = `spec.${list}`;
    if (now.length !== before.length)
      return [forbidden(path, `${list} may not be added or removed on resize`)];
    return before.flatMap(({ name }, index) => {
      if (now[index]?.name === name) return [];
      const detail = `${list} may not be renamed or reordered on resize`;
      return [forbidden(`${indexPath(path, index)}.name`, detail)];
    });
  });
}

function removalErrors(container: Container, old: Container, path: string): FieldError[] {
  return (['requests', 'limits'] as const).flatMap((part) => {
    const [now, before] = [container.resources?.[part] ?? {}, old.resources?.[part] ?? {}];
    const gone = Object.keys(before).some((name) => now[name] === undefined);
    return gone ? [forbidden(`${path}.${part}`, `resource ${part} cannot be removed`)] : [];
  });
}

/** The container with cpu and memory as they were. */
function withOldAmounts(container: Container, old: Container): Container {
  const resources: ResourceRequirements = { ...container.resources };
  for (const part of ['requests', 'limits'] as const) {
    const list = { ...resources[part] };
    for (const name of MUTABLE) {
      const before = old.resources?.[part]?.[name];
      if (before === undefined) delete list[name];
      else list[name] = before;
    }
    if (Object.keys(list).length > 0) resources[part] = list;
    else delete resources[part];
  }
  return { ...container, resources };
}

function amountErrors(spec: PodSpec, old: PodSpec): FieldError[] {
  const sidecar = (one: Container) => one.restartPolicy === 'Always';
  const errors = (old.initContainers ?? []).flatMap((before, index) => {
    const container = spec.initContainers?.[index] ?? before;
    const compared = sidecar(before) ? withOldAmounts(container, before) : container;
    if (semanticEqual(compared, before)) return [];
    const detail = sidecar(before)
      ? 'only cpu and memory resources for sidecar containers are mutable'
      : 'resources for non-sidecar init containers are immutable';
    return [forbidden('spec', detail)];
  });
  const changed = old.containers.some((before, index) => {
    const container = spec.containers[index] ?? before;
    return !semanticEqual(withOldAmounts(container, before), before);
  });
  const detail = 'only cpu and memory resources are mutable';
  return changed ? [...errors, forbidden('spec', detail)] : errors;
}

function refusal(pod: Pod, old: Pod): string | undefined {
  const amounts = ({ spec }: Pod) => [spec?.resources?.requests, spec?.resources?.limits];
  const set = [...amounts(pod), ...amounts(old)].some((list) => Object.keys(list ?? {}).length > 0);
  if (set) return 'pods with pod-level resources cannot be resized';
  if (old.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined)
    return 'static pods cannot be resized';
  return old.spec?.os?.name === 'windows' ? 'windows pods cannot be resized' : undefined;
}

/** A node that does not report what containers have got cannot change it. */
function canResize({ status }: Pod): boolean {
  const running = status?.containerStatuses?.find((one) => one.state?.running !== undefined);
  return running === undefined || running.resources !== undefined;
}

/** validatePodResize checks that a resize changes nothing but cpu and memory of containers. */
export function validatePodResize(pod: Pod, old: Pod): FieldError[] {
  const text = refusal(pod, old);
  if (text !== undefined) return [forbidden('<nil>', text)];
  const [spec, before] = [pod.spec, old.spec];
  if (spec === undefined || before === undefined) return [];
  const errors = validatePod(pod);
  const qos = old.status?.qosClass ?? qosClassOf(before);
  if (qos !== qosClassOf(spec)) {
    const detail = 'Pod QOS Class may not change as a result of resizing';
    errors.push(invalid('spec', qos, detail));
  }
  if (!canResize(old))
    errors.push(forbidden('spec', 'Pod running on node without support for resize'));
  const order = orderErrors(spec, before);
  if (order.length > 0) return [...errors, ...order];
  const removed = before.containers.flatMap((one, index) =>
    removalErrors(
      spec.containers[index] ?? one,
      one,
      `${indexPath('spec.containers', index)}.resources`,
    ),
  );
  return [...errors, ...removed, ...amountErrors(spec, before)];
}
