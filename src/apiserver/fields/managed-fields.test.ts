import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONFIG_MAPS } from '../../apis/resource-types.ts';
import type { KubeObject } from '../../machinery/object.ts';
import type { ResourceDefinition } from '../resource-definition.ts';
import { type Manager, trackUpdate } from './managed-fields.ts';

const DEFINITION = {
  type: CONFIG_MAPS,
  definition: 'io.k8s.api.core.v1.ConfigMap',
} as ResourceDefinition;

function manager(name: string): Manager {
  return { name, operation: 'Update', subresource: '', now: new Date(0) };
}

function configMap(metadata: object, data?: object): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, ...(data && { data }) } as KubeObject;
}

/** written answers who owns what after writers wrote one after the other. */
function written(...writes: readonly (readonly [string, KubeObject])[]): [string, unknown][] {
  let old: KubeObject | undefined;
  for (const [name, object] of writes) {
    const draft = structuredClone(object);
    const managedFields = old?.metadata.managedFields;
    if (managedFields) draft.metadata.managedFields = managedFields;
    trackUpdate(DEFINITION, { draft, old }, manager(name));
    old = draft;
  }
  return (old?.metadata.managedFields ?? []).map((one) => [one.manager ?? '', one.fieldsV1]);
}

describe('trackUpdate', () => {
  it('gives nobody what only the server decides', () => {
    const server = { name: 'n', namespace: 'ns', uid: 'u', creationTimestamp: 'now' };
    const other = { ...server, resourceVersion: '7', generation: 2, deletionTimestamp: 'soon' };
    expect(written(['a', configMap(server)])).toEqual([]);
    expect(
      written(['a', configMap(server, { x: '1' })], ['b', configMap(other, { x: '1' })]),
    ).toEqual([['a', { 'f:data': { '.': {}, 'f:x': {} } }]]);
  });

  it('takes away what went, be it all that somebody could own of metadata', () => {
    const labelled = { name: 'n', uid: 'u', labels: { one: '1' } };
    const made = { 'f:data': { '.': {}, 'f:x': {} } };
    expect(
      written(
        ['a', configMap(labelled, { x: '1' })],
        ['b', configMap({ name: 'n', uid: 'v' }, { x: '1' })],
      ),
    ).toEqual([['a', made]]);
    expect(
      written(['a', configMap({ name: 'n' }, { x: '1' })], ['b', configMap(labelled, { x: '1' })]),
    ).toEqual([
      ['a', made],
      ['b', { 'f:metadata': { 'f:labels': { '.': {}, 'f:one': {} } } }],
    ]);
  });

  it('says the same of an object, whatever the server decides', () => {
    const text = fc.constantFrom('a', 'b');
    const texts = fc.dictionary(text, text);
    const owned = fc.record({ labels: texts, annotations: texts }, { requiredKeys: [] });
    const decided = fc.record(
      { uid: text, creationTimestamp: text, resourceVersion: text, generation: fc.nat(3) },
      { requiredKeys: [] },
    );
    const write = fc.tuple(text, owned, texts, decided);
    fc.assert(
      fc.property(fc.array(write, { minLength: 1, maxLength: 4 }), (writes) => {
        const plain = writes.map(
          ([name, metadata, data]) => [name, configMap({ name: 'n', ...metadata }, data)] as const,
        );
        const full = writes.map(
          ([name, metadata, data, more]) =>
            [name, configMap({ name: 'n', ...metadata, ...more }, data)] as const,
        );
        expect(written(...full)).toEqual(written(...plain));
      }),
      { seed: 1 },
    );
  });
});
