import { describe, expect, it } from 'vitest';
import { goForm, schemaOf, storedGoForm } from './index.ts';

const written = (definition: string, value: object) =>
  JSON.stringify(goForm(schemaOf(`io.k8s.api.${definition}`), value));

describe('goForm', () => {
  it('orders the fields of structs as Go does and the keys of maps by name', () => {
    const labels = { b: '1', a: '2' };
    expect(written('core.v1.ConfigMap', { data: {}, metadata: { labels, name: 'x' } })).toBe(
      '{"metadata":{"name":"x","labels":{"a":"2","b":"1"}}}',
    );
  });

  it('writes what a type always has', () => {
    expect(written('rbac.v1.ClusterRole', { metadata: {} })).toBe('{"metadata":{},"rules":null}');
    expect(written('core.v1.PodTemplate', { metadata: {}, template: {} })).toBe(
      '{"metadata":{},"template":{"metadata":{},"spec":{"containers":null}}}',
    );
    expect(written('core.v1.Event', { metadata: {}, involvedObject: {} })).toBe(
      '{"metadata":{},"involvedObject":{},"source":{},"firstTimestamp":null,"lastTimestamp":null,"eventTime":null,"reportingComponent":"","reportingInstance":""}',
    );
  });

  it('leaves empty values out, but not behind pointers', () => {
    const container = { name: 'c', image: '', stdin: false, securityContext: { runAsUser: 0 } };
    expect(written('core.v1.Container', container)).toBe(
      '{"name":"c","resources":{},"securityContext":{"runAsUser":0}}',
    );
  });

  it('forgets that a list is empty where it goes through the store', () => {
    expect(written('storage.v1.CSINodeSpec', { drivers: [] })).toBe('{"drivers":[]}');
    const schema = schemaOf('io.k8s.api.storage.v1.CSINodeSpec');
    expect(storedGoForm(schema, { drivers: [] })).toEqual({ drivers: null });
  });

  it('answers what has the form already as it is', () => {
    const config = { metadata: { name: 'x' }, data: { a: '1' } };
    expect(goForm(schemaOf('io.k8s.api.core.v1.ConfigMap'), config)).toBe(config);
  });
});
