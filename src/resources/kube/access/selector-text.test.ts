import { describe, expect, it } from 'vitest';
import { questionOf } from './access-review.ts';

const selectorsOf = (resourceAttributes: object) => {
  const { fieldSelector, labelSelector } = questionOf(
    { name: 'a', groups: [] },
    { resourceAttributes },
  );
  return [fieldSelector, labelSelector];
};

describe('what a review asks of selectors', () => {
  it('is handed to the authorizers as it is written', () => {
    const fieldSelector = { rawSelector: 'spec.nodeName=n' };
    const labelSelector = { rawSelector: 'a,b in (c)' };
    expect(selectorsOf({ fieldSelector, labelSelector })).toEqual([
      'spec.nodeName=n',
      'a,b in (c)',
    ]);
    expect(selectorsOf({})).toEqual(['', '']);
  });

  it('is written from requirements, but for those that no text states', () => {
    const requirements = [
      { key: 'a', operator: 'In', values: ['x,y=z'] },
      { key: 'b', operator: 'NotIn', values: ['c'] },
      { key: 'd', operator: 'In', values: ['e', 'f'] },
      { key: 'g', operator: 'Exists' },
    ];
    expect(selectorsOf({ fieldSelector: { requirements } })[0]).toBe('a=x\\,y\\=z,b!=c');
    const labels = [
      { key: 'a', operator: 'In', values: ['x', 'y'] },
      { key: 'b', operator: 'NotIn', values: ['c'] },
      { key: 'd', operator: 'Exists' },
      { key: 'e', operator: 'DoesNotExist' },
      { key: 'f', operator: 'Odd' },
    ];
    const text = 'a in (x,y),b notin (c),d,!e';
    expect(selectorsOf({ labelSelector: { requirements: labels } })[1]).toBe(text);
  });
});
