import { describe, expect, it } from 'vitest';
import { podSelectorOf } from './find-pod.ts';

const withSelector = (selector?: object) => ({
  apiVersion: 'v1',
  kind: 'X',
  metadata: { name: 'x' },
  spec: { selector },
});

describe('podSelectorOf', () => {
  it.each([
    ['labels of a service', { a: 'b', c: 'd' }, 'a=b,c=d'],
    ['matchLabels of a deployment', { matchLabels: { a: 'b' } }, 'a=b'],
    [
      'matchExpressions of a deployment',
      { matchExpressions: [{ key: 'a', operator: 'In', values: ['b', 'c'] }] },
      'a in (b,c)',
    ],
    ['nothing', {}, ''],
    ['no selector', undefined, ''],
    ['an empty object form', { matchLabels: {} }, ''],
  ])('reads %s', (_, selector, text) => {
    expect(podSelectorOf(withSelector(selector))).toBe(text);
  });
});
