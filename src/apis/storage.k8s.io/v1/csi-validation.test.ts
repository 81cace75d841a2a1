import { expect, it } from 'vitest';
import { validateCsiStorageCapacityUpdate } from './csi-validation.ts';
import type { CSIStorageCapacity } from './types.ts';

const capacity = (nodeTopology: CSIStorageCapacity['nodeTopology']): CSIStorageCapacity => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'CSIStorageCapacity',
  metadata: { name: 'a' },
  storageClassName: 's',
  ...(nodeTopology && { nodeTopology }),
});

it.each([
  [undefined, {}, 1],
  [{}, undefined, 1],
  [undefined, { matchLabels: { a: '' } }, 1],
  [{ matchLabels: { a: 'b' } }, { matchLabels: { a: 'b' } }, 0],
  [{}, { matchLabels: {} }, 0],
  [undefined, undefined, 0],
])('a capacity for %j that becomes one for %j has %i mistakes', (before, after, count) => {
  const errors = validateCsiStorageCapacityUpdate(capacity(after), capacity(before));
  expect(errors.map(({ field }) => field)).toEqual(Array(count).fill('nodeTopology'));
});
