import { describe, expect, it } from 'vitest';
import type { Container, Service } from '../../apis/core/v1/types.ts';
import { aContainer, aPod } from '../fake/pod-fixture.ts';
import { type PodSources, resolveEnv } from './env.ts';

function service(name: string, clusterIP: string, namespace = 'test'): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: {
      clusterIP,
      ports: [
        { port: 80, name: 'http' },
        { port: 53, protocol: 'UDP' },
      ],
    },
  };
}

const sources: PodSources = {
  configMaps: new Map([
    [
      'settings',
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'settings' },
        data: { COLOUR: 'red', 'not a name': 'x' },
      },
    ],
  ]),
  secrets: new Map(),
  services: [
    service('ruby-ex', '172.30.1.2'),
    service('headless', 'None'),
    service('elsewhere', '172.30.1.3', 'other'),
    service('kubernetes', '172.30.0.1', 'default'),
  ],
};

function env(container: Partial<Container>, spec = {}): Record<string, string> {
  const main = aContainer('main', container);
  const pod = aPod({ containers: [main], ...spec });
  const context = { pod, podIP: '10.0.0.1', hostIP: '192.0.2.1', allocatable: { cpu: '3900m' } };
  return Object.fromEntries(resolveEnv(main, { ...context, sources }).variables);
}

describe('resolveEnv', () => {
  it('tells the services of the namespace, and the API', () => {
    const variables = env({});
    expect(variables).toMatchObject({
      KUBERNETES_SERVICE_HOST: '172.30.0.1',
      KUBERNETES_PORT: 'tcp://172.30.0.1:80',
      RUBY_EX_SERVICE_HOST: '172.30.1.2',
      RUBY_EX_SERVICE_PORT: '80',
      RUBY_EX_SERVICE_PORT_HTTP: '80',
      RUBY_EX_PORT_80_TCP: 'tcp://172.30.1.2:80',
      RUBY_EX_PORT_53_UDP_PROTO: 'udp',
      RUBY_EX_PORT_53_UDP_ADDR: '172.30.1.2',
    });
    expect(Object.keys(variables).filter((name) => /^(HEADLESS|ELSEWHERE)/.test(name))).toEqual([]);
  });

  it('tells only the API where service links are off', () => {
    const names = Object.keys(env({}, { enableServiceLinks: false }));
    expect(names.every((name) => name.startsWith('KUBERNETES_'))).toBe(true);
  });

  it('lets later variables win and see earlier ones', () => {
    const variables = env({
      envFrom: [{ configMapRef: { name: 'settings' } }],
      env: [
        { name: 'A', value: '$(COLOUR)/$(RUBY_EX_SERVICE_HOST)' },
        { name: 'COLOUR', value: 'blue' },
        { name: 'B', value: '$(COLOUR) $$(COLOUR) $(LATER)' },
        { name: 'LATER', value: 'x' },
      ],
    });
    expect(variables).toMatchObject({
      A: 'red/172.30.1.2',
      COLOUR: 'blue',
      B: 'blue $(COLOUR) $(LATER)',
    });
    // Since Kubernetes 1.34 any printable name without '=' will do.
    expect(variables).toHaveProperty(['not a name'], 'x');
  });

  it('takes a limit that is not set from what the node can give', () => {
    const limit = { resource: 'limits.cpu', divisor: '1' };
    const variables = env({ env: [{ name: 'CPU', valueFrom: { resourceFieldRef: limit } }] });
    expect(variables.CPU).toBe('4');
  });

  it.each([
    [{ configMapKeyRef: { name: 'none', key: 'a' } }, 'configmap "none" not found'],
    [{ secretKeyRef: { name: 'none', key: 'a' } }, 'secret "none" not found'],
    [
      { configMapKeyRef: { name: 'settings', key: 'a' } },
      "couldn't find key a in ConfigMap test/settings",
    ],
  ])('says what is missing: %j', (valueFrom, message) => {
    expect(() => env({ env: [{ name: 'X', valueFrom }] })).toThrow(message);
  });
});
