import fc from 'fast-check';
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

  it('makes of three versions what a model says, path by path', () => {
    const text = fc.constantFrom('1', '2');
    const some = { requiredKeys: [] };
    const fields = fc.record({ image: text, workingDir: text }, some);
    const version = fc.record({
      labels: fc.dictionary(fc.constantFrom('a', 'b', 'c'), text),
      containers: fc.dictionary(fc.constantFrom('x', 'y', 'z'), fields),
    });
    type Version = typeof version extends fc.Arbitrary<infer T> ? T : never;
    const podOf = ({ labels, containers }: Version) => ({
      metadata: { labels },
      spec: { containers: Object.entries(containers).map(([name, one]) => ({ name, ...one })) },
    });
    /** leavesOf is a version by its paths; a container is one itself. */
    const leavesOf = ({ metadata, spec }: ReturnType<typeof podOf>) =>
      new Map([
        ...Object.entries(metadata.labels).map(([key, value]) => [`labels/${key}`, value] as const),
        ...spec.containers.flatMap(({ name, ...rest }) => [
          [name, ''] as const,
          ...Object.entries(rest).map(([key, value]) => [`${name}/${key}`, value] as const),
        ]),
      ]);
    fc.assert(
      fc.property(version, version, version, (one, two, three) => {
        const [last, wanted, live] = [podOf(one), podOf(two), podOf(three)];
        const [before, now] = [leavesOf(last), leavesOf(wanted)];
        const model = leavesOf(live);
        const gone = [...before.keys()].filter((path) => !now.has(path));
        for (const path of [...model.keys()])
          if (gone.some((other) => path === other || path.startsWith(`${other}/`)))
            model.delete(path);
        for (const [path, value] of now) model.set(path, value);
        const merged = threeWayMerge({ last, wanted, live }, POD) as ReturnType<typeof podOf>;
        expect(leavesOf(merged)).toEqual(model);
      }),
      { seed: 20_261_123, numRuns: 1000 },
    );
  });
});
