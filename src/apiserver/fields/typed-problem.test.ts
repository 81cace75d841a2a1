import { describe, expect, it } from 'vitest';
import { type Schema, schemaOf } from '../../apis/schema/index.ts';
import { problemsText, typedProblems } from './typed-problem.ts';

const typedProblem = (schema: Schema, config: unknown) =>
  problemsText(typedProblems(schema, config));

const DEPLOYMENT = schemaOf('io.k8s.api.apps.v1.Deployment');
const pod = (spec: object) => ({ spec: { template: { spec } } });

describe('a configuration that has no types', () => {
  it.each<[unknown, string]>([
    [{ spec: 'x' }, '.spec: expected map, got &{x}'],
    [{ spec: { replicas: 'x' } }, '.spec.replicas: expected numeric (int or float), got string'],
    [{ spec: { paused: 'x' } }, '.spec.paused: expected boolean, got &{x}'],
    [
      { metadata: { labels: { a: 1 } } },
      '.metadata.labels.a: expected string, got &value.valueUnstructured{Value:1}',
    ],
    [
      { metadata: { labels: { a: { b: ['c'] } } } },
      '.metadata.labels.a: expected string, got &value.valueUnstructured{Value:map[string]interface {}{"b":[]interface {}{"c"}}}',
    ],
    [pod({ containers: 'x' }), '.spec.template.spec.containers: expected list, got &{x}'],
    [
      pod({ containers: [{ name: 'c', image: true }] }),
      '.spec.template.spec.containers[name="c"].image: expected string, got &value.valueUnstructured{Value:true}',
    ],
    [
      pod({ tolerations: [{ key: 1 }] }),
      '.spec.template.spec.tolerations[0].key: expected string, got &value.valueUnstructured{Value:1}',
    ],
    [{ spec: { foo: 1 } }, '.spec.foo: field not declared in schema'],
    [
      { spec: { foo: 1, bar: 1 } },
      'errors:\n  .spec.foo: field not declared in schema\n  .spec.bar: field not declared in schema',
    ],
    [
      pod({ containers: [{ name: 'a' }, { name: 'a', foo: 1 }, { name: 'b' }], volumes: 'x' }),
      `errors:
  .spec.template.spec.containers: duplicate entries for key [name="a"]
  .spec.template.spec.containers[name="a"].foo: field not declared in schema
  .spec.template.spec.volumes: expected list, got &{x}`,
    ],
    [
      { metadata: { finalizers: ['a', 'a'], ownerReferences: ['x', 'y'] } },
      `errors:
  .metadata.finalizers: duplicate entries for key [="a"]
  .metadata.ownerReferences: element 0: associative list with keys may not have non-map elements`,
    ],
  ])('%j is refused', (config, text) => {
    expect(typedProblem(DEPLOYMENT, config)).toBe(text);
  });

  it('is not one that has what the schema has', () => {
    const rollingUpdate = { maxSurge: '25%', maxUnavailable: 1 };
    const limits = { cpu: 1, memory: '1Gi' };
    const container = { name: 'c', resources: { limits } };
    const config = {
      metadata: { creationTimestamp: null },
      spec: {
        strategy: { rollingUpdate },
        template: { spec: { containers: [container] } },
      },
    };
    expect(typedProblem(DEPLOYMENT, config)).toBeUndefined();
  });
});
