import type { Container, Pod } from '../../apis/core/v1/types.ts';
import { compareQuantities, parseQuantity, ZERO_QUANTITY } from '../../machinery/quantity.ts';

/** QosClass is the quality of service that a pod's requests and limits amount to. */
export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

const COMPUTE = ['cpu', 'memory'] as const;

function amount(
  map: Readonly<Record<string, string>> | undefined,
  name: string,
): string | undefined {
  const text = map?.[name];
  if (text === undefined || compareQuantities(parseQuantity(text), ZERO_QUANTITY) <= 0) {
    return undefined;
  }
  return text;
}

function isGuaranteed({ resources = {} }: Container): boolean {
  return COMPUTE.every((name) => {
    const limit = amount(resources.limits, name);
    const request = amount(resources.requests, name) ?? limit;
    if (limit === undefined || request === undefined) return false;
    return compareQuantities(parseQuantity(limit), parseQuantity(request)) === 0;
  });
}

function asksForNothing({ resources = {} }: Container): boolean {
  return COMPUTE.every(
    (name) =>
      amount(resources.limits, name) === undefined &&
      amount(resources.requests, name) === undefined,
  );
}

/** qosClassOf computes the class from all containers, init containers included. */
export function qosClassOf(pod: Pod): QosClass {
  const containers = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
  if (containers.every(asksForNothing)) return 'BestEffort';
  return containers.every(isGuaranteed) ? 'Guaranteed' : 'Burstable';
}
