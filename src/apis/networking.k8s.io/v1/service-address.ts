import { familyOf } from '../../../machinery/ip-prefix.ts';
import type { KubeObject } from '../../../machinery/object.ts';
import type { IPAddress } from './types.ts';

const FAMILY = 'ipaddress.kubernetes.io/ip-family';
const MANAGED_BY = 'ipaddress.kubernetes.io/managed-by';
const ALLOCATOR = 'ipallocator.k8s.io';

/** isManaged tells whether an IPAddress is one of those that the API server writes for services. */
export function isManaged({ metadata }: IPAddress): boolean {
  return metadata.labels?.[MANAGED_BY] === ALLOCATOR;
}

/** isLabelled tells whether the labels of an IPAddress are those that the API server gives. */
export function isLabelled(object: IPAddress): boolean {
  const { labels, name = '' } = object.metadata;
  return isManaged(object) && labels?.[FAMILY] === familyOf(name);
}

/** addressFor makes the IPAddress of a service's address, as upstream's allocator does. */
export function addressFor(address: string, { metadata }: KubeObject): IPAddress {
  const { namespace = '', name = '' } = metadata;
  const labels = { [FAMILY]: familyOf(address), [MANAGED_BY]: ALLOCATOR };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IPAddress',
    metadata: { name: address, labels },
    spec: { parentRef: { resource: 'services', namespace, name } },
  };
}
