import type { Pod } from '../../apis/core/v1/types.ts';
import { PRIORITY_CLASSES } from '../../apis/resource-types.ts';
import { SYSTEM_PRIORITY_CLASSES } from '../../apis/scheduling.k8s.io/v1/priority-class.ts';
import type { PriorityClass } from '../../apis/scheduling.k8s.io/v1/types.ts';
import type { CacheReader } from '../../apiserver/cache/cache-reader.ts';
import type { Admission, AdmissionRequest } from '../../apiserver/contracts.ts';
import { newRefusal } from '../refusal.ts';

type Class = Pick<PriorityClass, 'value' | 'preemptionPolicy'> & { readonly name: string };

const NO_CLASS: Class = { name: '', value: 0, preemptionPolicy: 'PreemptLowerPriority' };

function refuse(request: AdmissionRequest, text: string): never {
  throw newRefusal(request, text);
}

function defaultClass(cache: CacheReader): PriorityClass | undefined {
  const value = (one: PriorityClass) => one.value ?? 0;
  return cache
    .list(PRIORITY_CLASSES)
    .filter((one) => one.globalDefault)
    .reduce<PriorityClass | undefined>(
      (least, one) => (least === undefined || value(one) < value(least) ? one : least),
      undefined,
    );
}

function classOf(cache: CacheReader, name: string): Class | undefined {
  if (name === '') {
    const found = defaultClass(cache);
    return found === undefined ? NO_CLASS : { ...found, name: found.metadata.name ?? '' };
  }
  const found = cache.get(PRIORITY_CLASSES, '', name);
  if (found !== undefined) return { ...found, name };
  // Written at the first start, a moment after the first pods may come.
  const system = SYSTEM_PRIORITY_CLASSES.find((one) => one.name === name);
  return system && { ...system, preemptionPolicy: 'PreemptLowerPriority' };
}

function isSystemClass(name: string): boolean {
  return SYSTEM_PRIORITY_CLASSES.some((one) => one.name === name);
}

function admitPod(request: AdmissionRequest, pod: Pod, cache: CacheReader): void {
  const { spec } = pod;
  if (spec === undefined) return;
  const found = classOf(cache, spec.priorityClassName ?? '');
  if (found === undefined)
    refuse(request, `no PriorityClass with name ${spec.priorityClassName} was found`);
  const { name, value = 0, preemptionPolicy: policy } = found;
  if (name !== '') spec.priorityClassName = name;
  if (spec.priority !== undefined && spec.priority !== value)
    refuse(
      request,
      `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`,
    );
  spec.priority = value;
  if (policy === undefined) return;
  if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== policy)
    refuse(
      request,
      `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`,
    );
  spec.preemptionPolicy = policy;
}

function keepPriority(pod: Pod, old: Pod): void {
  const [spec, before] = [pod.spec, old.spec];
  if (spec === undefined || before === undefined) return;
  if (before.priority !== undefined) spec.priority ??= before.priority;
  if (before.preemptionPolicy !== undefined) spec.preemptionPolicy ??= before.preemptionPolicy;
}

/**
 * newPriority computes the priority of pods from their class, lets there be one default class only
 * (the Priority admission plugin), and keeps the classes of the system.
 */
export function newPriority(deps: { cache(): CacheReader }): Admission {
  return {
    mutate(request) {
      const { type, subresource, operation, object, old } = request;
      if (type.group !== '' || type.resource !== 'pods' || subresource !== '') return;
      if (operation === 'CREATE') admitPod(request, object as Pod, deps.cache());
      else if (operation === 'UPDATE') keepPriority(object as Pod, old as Pod);
    },
    validate(request) {
      const { type, subresource, object, operation } = request;
      if (type.group !== PRIORITY_CLASSES.group || type.resource !== PRIORITY_CLASSES.resource)
        return;
      if (operation === 'DELETE' && isSystemClass(request.name))
        refuse(request, 'this is a system priority class and cannot be deleted');
      if (subresource !== '' || !(object as PriorityClass | undefined)?.globalDefault) return;
      const other = defaultClass(deps.cache())?.metadata.name;
      if (other === undefined || (operation === 'UPDATE' && other === request.name)) return;
      refuse(
        request,
        `PriorityClass ${other} is already marked as default. Only one default can exist`,
      );
    },
  };
}
