import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../machinery/object.ts';
import { acceptConverted, convertedObjects, reviewOf } from './conversion-review.ts';

const V1 = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'ConversionReview' };
const REVIEW = reviewOf(['v1'], { uid: 'u', desiredAPIVersion: 'g/v2', objects: [] });
const SUCCESS = { uid: 'u', result: { status: 'Success' } };
const ORIGINAL: KubeObject = { apiVersion: 'g/v1', kind: 'K', metadata: { name: 'n', uid: 'x' } };

describe('convertedObjects', () => {
  it.each<[string, object, string]>([
    ['another kind', { ...V1, kind: 'Foo' }, 'no kind "Foo" is registered for version'],
    [
      'another version',
      { ...V1, apiVersion: 'apiextensions.k8s.io/v1beta1' },
      'converting (v1beta1.ConversionReview) to (v1.ConversionReview): unknown conversion',
    ],
    [
      'what is no list',
      { ...V1, response: { ...SUCCESS, convertedObjects: 'x' } },
      'cannot unmarshal string into Go struct field ConversionResponse.response.convertedObjects',
    ],
  ])('refuses %s', (_what, answer, text) => {
    expect(() => convertedObjects(answer, REVIEW, 'u')).toThrow(text);
  });
});

describe('acceptConverted', () => {
  const accept = (metadata: object, apiVersion = 'g/v2') =>
    acceptConverted(ORIGINAL, { apiVersion, kind: 'K', metadata }, 'g/v2');

  it('takes labels and annotations only', () => {
    const labels = { a: 'b' };
    const metadata = { name: 'n', uid: 'x', labels, generation: 7 };
    expect(accept(metadata).metadata).toEqual({ name: 'n', uid: 'x', labels });
  });

  it.each<[string, object, string]>([
    [
      'labels that are no texts',
      { labels: { a: 5 } },
      'metadata.labels[a] must be a string, but is int64',
    ],
    ['labels that cannot be', { labels: { 'a b': 'c' } }, 'metadata.labels: Invalid value: "a b"'],
    [
      'annotations likewise',
      { annotations: { 'a b': 'c' } },
      'metadata.annotations: Invalid value',
    ],
    ['another name', { name: 'm' }, 'must have the same name: n != m'],
    ['another namespace', { namespace: 'ns' }, 'must have the same namespace:  != ns'],
    ['another uid', { uid: 'y' }, 'must have the same UID: x != y'],
  ])('refuses %s', (_what, more, text) => {
    expect(() => accept({ name: 'n', uid: 'x', ...more })).toThrow(text);
  });

  it('refuses another version or kind', () => {
    const metadata = { name: 'n', uid: 'x' };
    expect(() => accept(metadata, 'g/v3')).toThrow('expected g/v2, received g/v3');
    const other = { apiVersion: 'g/v2', kind: 'L', metadata };
    expect(() => acceptConverted(ORIGINAL, other, 'g/v2')).toThrow('expected K, received L');
  });
});
