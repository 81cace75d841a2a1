import { expect, it } from 'vitest';
import { validateNode, validateNodeStatus, validateNodeUpdate } from './node-validation.ts';
import type { Node } from './types.ts';

it('an address that a node has twice is refused from its first update on, as upstream', () => {
  const twice = { type: 'InternalIP', address: '10.0.0.1' };
  const node: Node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n' },
    status: { addresses: [twice, { ...twice, type: 'Hostname' }, twice] },
  };
  expect(validateNode(node)).toEqual([]);
  const found = [validateNodeUpdate(node, node), validateNodeStatus(node)];
  for (const errors of found)
    expect(errors.map(({ field, body }) => `${field}: ${body}`)).toEqual([
      'status.addresses[2]: Duplicate value: {"Type":"InternalIP","Address":"10.0.0.1"}',
    ]);
});
