import { expect, it } from 'vitest';
import { validatePodStatusUpdate } from './pod-status-validation.ts';
import type { Pod, PodStatus } from './types.ts';

const podWith = (status: PodStatus): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p' },
  spec: { containers: [], restartPolicy: 'Always' },
  status,
});
const running = { name: 'c', image: 'i', imageID: '', ready: true, restartCount: 0 };
const address = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';

it.each<[PodStatus, readonly string[]]>([
  [{ podIP: '10.1.2.3', hostIP: '10.0.0.1', hostIPs: [{ ip: '10.0.0.1' }] }, []],
  [{ podIP: 'a' }, [`status.podIPs[0]: Invalid value: "a": ${address}`]],
  [
    { hostIPs: [{ ip: 'a' }] },
    [
      'status.hostIPs[0].ip: Invalid value: "a": must be equal to `hostIP`',
      `status.hostIPs[0]: Invalid value: "a": ${address}`,
    ],
  ],
  [
    { observedGeneration: -1 },
    ['status.observedGeneration: Invalid value: -1: must be a non-negative integer'],
  ],
  [
    { resourceClaimStatuses: [{ name: 'x' }] },
    [
      'status.resourceClaimStatuses[0].name: Invalid value: "x": must match the name of an entry in `spec.resourceClaims`',
    ],
  ],
  [
    { containerStatuses: [{ ...running, user: { linux: { uid: -1, gid: 0 } } }] },
    [
      'status.containerStatuses[0].user.linux.uid: Invalid value: -1: must be between 0 and 2147483647, inclusive',
    ],
  ],
])('checks what a node says of a pod: %j', (status, texts) => {
  const errors = validatePodStatusUpdate(podWith(status), podWith({}));
  expect(errors.map(({ field, body }) => `${field}: ${body}`)).toEqual(texts);
});
