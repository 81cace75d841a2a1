import { describe, expect, it } from 'vitest';
import { schemaOf } from '../../apis/schema/schema.ts';
import { threeWayMerge } from './three-way-merge.ts';

const POD = schemaOf('io.k8s.api.core.v1.Pod');

describe('threeWayMerge', () => {
  it('removes what was applied before and is gone, and keeps what others set', () => {
    const last = { data: { a: '1', b: '2' } };
    const wanted = { data: { a: '3' } };
    const live = { metadata: { uid: 'x' }, data: { a: '1', b: '2', other: 'y' } };
    expect(threeWayMerge({ last, wanted, live }, undefined)).toEqual({
      metadata: { uid: 'x' },
      data: { a: '3', other: 'y' },
    });
  });

  it('merges containers by name and keeps defaults of the server and injected containers', () => {
    const container = (name: string, more: object) => ({ name, ...more });
    const last = { spec: { containers: [container('web', { image: 'a' }), container('old', {})] } };
    const wanted = { spec: { containers: [container('web', { image: 'b' })] } };
    const live = {
      spec: {
        containers: [
          container('side', { image: 's' }),
          container('web', { image: 'a', imagePullPolicy: 'Always' }),
          container('old', {}),
        ],
      },
    };
    expect(threeWayMerge({ last, wanted, live }, POD)).toEqual({
      spec: {
        containers: [
          container('side', { image: 's' }),
          container('web', { image: 'b', imagePullPolicy: 'Always' }),
        ],
      },
    });
  });

  it('replaces lists without a merge key', () => {
    const last = { spec: { containers: [{ name: 'web', args: ['a'] }] } };
    const wanted = { spec: { containers: [{ name: 'web', args: ['b', 'c'] }] } };
    expect(threeWayMerge({ last, wanted, live: last }, POD)).toEqual(wanted);
  });

  it('changes nothing when nothing changed', () => {
    const same = { spec: { containers: [{ name: 'web', image: 'a' }] } };
    const live = { spec: { containers: [{ name: 'web', image: 'a', resources: {} }] } };
    expect(threeWayMerge({ last: same, wanted: same, live }, POD)).toEqual(live);
  });
});
