import { describe, expect, it } from 'vitest';
import { podTemplateWarnings } from './pod-warnings.ts';
import type { Container, PodSpec } from './types.ts';

const spec = (container: Partial<Container>, more: Partial<PodSpec> = {}): PodSpec => ({
  containers: [{ name: 'c', image: 'x', ...container }],
  ...more,
});

describe('podTemplateWarnings', () => {
  it('has nothing to say of a pod of everyday life', () => {
    expect(podTemplateWarnings({ spec: spec({ ports: [{ containerPort: 80 }] }) })).toEqual([]);
  });

  it.each<[PodSpec, string]>([
    [
      spec({}, { nodeSelector: { 'beta.kubernetes.io/os': 'linux' } }),
      'spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead',
    ],
    [
      spec({
        env: [
          { name: 'A', value: '1' },
          { name: 'A', value: '2' },
        ],
      }),
      'spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply',
    ],
    [
      spec({ resources: { limits: { memory: '100m' } } }),
      'spec.containers[0].resources.limits[memory]: fractional byte value "100m" is invalid, must be an integer',
    ],
    [
      spec({ ports: [{ containerPort: 80 }, { containerPort: 80 }] }),
      'spec.containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]',
    ],
    [
      spec({}, { imagePullSecrets: [{ name: 'a' }, { name: 'a' }] }),
      'spec.imagePullSecrets[1].name: duplicate name "a"',
    ],
    [
      spec({}, { volumes: [{ name: 'v', glusterfs: { endpoints: 'e', path: 'p' } }] }),
      'spec.volumes[0].glusterfs: deprecated in v1.25, non-functional in v1.26+',
    ],
  ])('%j', (pod, text) => {
    expect(podTemplateWarnings({ spec: pod })).toEqual([text]);
  });

  it('takes a variable that is built from itself for meant so', () => {
    const env = [
      { name: 'A', value: '1' },
      { name: 'A', value: '$(A)2' },
    ];
    expect(podTemplateWarnings({ spec: spec({ env }) })).toEqual([]);
  });
});
