import { describe, expect, it } from 'vitest';
import { conversionProblem } from './conversion-problem.ts';
import { schemaOf } from './schema.ts';

const DEPLOYMENT = schemaOf('io.k8s.api.apps.v1.Deployment');
const SECRET = schemaOf('io.k8s.api.core.v1.Secret');

describe('a value that cannot be converted', () => {
  it.each<[unknown, string]>([
    [{ spec: 'x' }, 'cannot restore struct from: string'],
    [{ spec: [] }, 'cannot restore struct from: slice'],
    [{ spec: { replicas: 'x' } }, 'unrecognized type: int32'],
    [{ spec: { replicas: 1.5 } }, 'cannot convert float64 to int32'],
    [{ spec: { paused: 1 } }, 'unrecognized type: bool'],
    [{ metadata: { name: 1 } }, 'cannot convert int64 to string'],
    [{ metadata: { name: 1.5 } }, 'unrecognized type: string'],
    [{ spec: { strategy: { type: 1 } } }, 'cannot convert int64 to v1.DeploymentStrategyType'],
    [{ spec: { template: { spec: { dnsPolicy: 1 } }, replicas: 'x' } }, 'unrecognized type: int32'],
    [{ metadata: { labels: 'x' } }, 'cannot restore map from string'],
    [{ metadata: { finalizers: {} } }, 'cannot restore slice from map'],
    [
      { metadata: { creationTimestamp: 1 } },
      'json: cannot unmarshal number into Go value of type string',
    ],
  ])('%j is refused', (value, text) => {
    expect(conversionProblem(DEPLOYMENT, value)).toBe(text);
  });

  it('has bytes that are none', () => {
    const text = 'error decoding from json: illegal base64 data at input byte 1';
    expect(conversionProblem(SECRET, { data: { a: 'x%' } })).toBe(text);
    const met = 'cannot restore slice from int64';
    expect(conversionProblem(SECRET, { data: { a: 1 } })).toBe(met);
  });

  it('is not one that fits, whatever else it has', () => {
    const value = { foo: 1, spec: { replicas: 1, paused: null, template: { metadata: {} } } };
    expect(conversionProblem(DEPLOYMENT, value)).toBeUndefined();
  });
});
