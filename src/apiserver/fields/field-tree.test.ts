import { describe, expect, it } from 'vitest';
import { LEAF, withoutBranch } from './field-tree.ts';

describe('withoutBranch', () => {
  const tree = {
    'f:metadata': { 'f:annotations': LEAF, 'f:labels': { '.': LEAF, 'f:a': LEAF } },
    'f:status': LEAF,
  };

  it('takes a node out with all that is below it', () => {
    expect(withoutBranch(tree, ['f:metadata', 'f:labels'])).toEqual({
      'f:metadata': { 'f:annotations': LEAF },
      'f:status': LEAF,
    });
  });

  it('takes parents out that have nothing more', () => {
    const labels = { 'f:metadata': { 'f:labels': LEAF }, 'f:status': LEAF };
    expect(withoutBranch(labels, ['f:metadata', 'f:labels'])).toEqual({ 'f:status': LEAF });
    expect(withoutBranch({ 'f:status': LEAF }, ['f:status'])).toBeUndefined();
  });

  it('keeps parents that are members themselves', () => {
    const member = { 'f:a': { '.': LEAF, 'f:b': LEAF } };
    expect(withoutBranch(member, ['f:a', 'f:b'])).toEqual({ 'f:a': LEAF });
  });

  it('leaves a set alone that does not have the node', () => {
    expect(withoutBranch(tree, ['f:spec'])).toBe(tree);
  });
});
