import { describe, expect, it } from 'vitest';
import type { Pod } from '../../apis/core/v1/types.ts';
import { NodeReferences } from './node-references.ts';

const pod = (name: string, nodeName: string | undefined, account: string): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'n' },
  spec: { ...(nodeName && { nodeName }), serviceAccountName: account, containers: [] },
});

describe('NodeReferences', () => {
  const references = new NodeReferences();
  const has = (node: string, resource: string, name: string) =>
    references.has({ node, resource, namespace: 'n', name });

  it('knows what the pods of a node use, until the last of them has gone', () => {
    references.put(pod('a', 'one', 'shared'));
    references.put(pod('b', 'one', 'shared'));
    references.remove('n', 'a');
    expect([has('one', 'serviceaccounts', 'shared'), has('one', 'pods', 'a')]).toEqual([
      true,
      false,
    ]);
    references.remove('n', 'b');
    references.remove('n', 'b');
    expect(has('one', 'serviceaccounts', 'shared')).toBe(false);
  });

  it('forgets what a pod used before it changed', () => {
    references.put(pod('c', undefined, 'before'));
    expect(has('one', 'serviceaccounts', 'before')).toBe(false);
    references.put(pod('c', 'one', 'before'));
    references.put(pod('c', 'two', 'after'));
    expect(has('one', 'serviceaccounts', 'before')).toBe(false);
    expect([has('two', 'serviceaccounts', 'after'), has('two', 'pods', 'c')]).toEqual([true, true]);
    references.clear();
    expect(has('two', 'pods', 'c')).toBe(false);
  });
});
