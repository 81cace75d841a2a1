import type { Container, PodSpec, SecurityContext } from '../../apis/core/v1/types.ts';
import type { ObjectMeta } from '../../machinery/meta/v1.ts';

/** PodParts is a pod, or the template of one. */
export interface PodParts {
  readonly metadata: ObjectMeta;
  readonly spec: PodSpec;
}

/** Violation is why a pod is refused, and what of it. */
export interface Violation {
  readonly reason: string;
  readonly detail: string;
}

/** containersOf lists all containers of a pod: init, ordinary, ephemeral. */
export function containersOf({ spec }: PodParts): Container[] {
  return [
    ...(spec.initContainers ?? []),
    ...(spec.containers ?? []),
    ...((spec.ephemeralContainers ?? []) as Container[]),
  ];
}

/** namesOf answers the names of the containers that a test finds. */
export function namesOf(pod: PodParts, test: (one: Container) => boolean): string[] {
  return containersOf(pod)
    .filter(test)
    .map((one) => one.name);
}

/** quoted lists names in quotes. */
export function quoted(names: readonly string[]): string {
  return names.map((one) => `"${one}"`).join(', ');
}

/** sorted answers each value once, in order. */
export function sorted(values: Iterable<string>): string[] {
  return [...new Set(values)].sort();
}

/** plural chooses a word by a count. */
export function plural(count: number, one: string, more = `${one}s`): string {
  return count === 1 ? one : more;
}

/** containerList names containers: `container "a"` or `containers "a", "b"`. */
export function containerList(names: readonly string[]): string {
  return `${plural(names.length, 'container')} ${quoted(names)}`;
}

type PodContext = NonNullable<PodSpec['securityContext']>;

/** settersOf says who sets something bad: `pod and container "a"`; empty when nobody does. */
export function settersOf(
  pod: PodParts,
  isBad: (context: SecurityContext | PodContext) => boolean,
): string {
  const { securityContext } = pod.spec;
  const names = namesOf(
    pod,
    (one) => one.securityContext !== undefined && isBad(one.securityContext),
  );
  const setters = [
    ...(securityContext && isBad(securityContext) ? ['pod'] : []),
    ...(names.length > 0 ? [containerList(names)] : []),
  ];
  return setters.join(' and ');
}

/** contextsOf lists the security contexts of the pod and its containers, as far as there are any. */
export function contextsOf(pod: PodParts): (SecurityContext | PodContext)[] {
  const contexts = [
    pod.spec.securityContext,
    ...containersOf(pod).map((one) => one.securityContext),
  ];
  return contexts.filter((one) => one !== undefined && one !== null);
}
