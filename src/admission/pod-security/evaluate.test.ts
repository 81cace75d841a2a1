import { describe, expect, it } from 'vitest';
import type { Container, PodSpec } from '../../apis/core/v1/types.ts';
import { evaluate, violationsText } from './evaluate.ts';
import type { Level } from './policy.ts';

const LATEST = Number.POSITIVE_INFINITY;
const pod = (spec: Partial<PodSpec>, container: Partial<Container> = {}, annotations = {}) => ({
  metadata: { name: 'p', annotations },
  spec: { containers: [{ name: 'a', image: 'i', ...container } as Container], ...spec } as PodSpec,
});
const text = (level: Level, minor: number, parts: ReturnType<typeof pod>) =>
  violationsText(evaluate({ level, minor }, parts));

const RESTRICTED = pod(
  { securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } } },
  { securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } },
);

describe('evaluate', () => {
  it.each<[string, number, ReturnType<typeof pod>, string]>([
    ['a plain pod', LATEST, pod({}), ''],
    [
      'host namespaces',
      LATEST,
      pod({ hostNetwork: true, hostIPC: true }),
      'host namespaces (hostNetwork=true, hostIPC=true)',
    ],
    [
      'a privileged init container',
      LATEST,
      pod({
        initContainers: [{ name: 'i', image: 'x', securityContext: { privileged: true } }],
      }),
      'privileged (container "i" must not set securityContext.privileged=true)',
    ],
    [
      'capabilities',
      LATEST,
      pod({}, { securityContext: { capabilities: { add: ['SYS_ADMIN', 'CHOWN', 'NET_RAW'] } } }),
      'non-default capabilities (container "a" must not include "NET_RAW", "SYS_ADMIN" in securityContext.capabilities.add)',
    ],
    [
      'host paths',
      LATEST,
      pod({
        volumes: [
          { name: 'v', hostPath: { path: '/' } },
          { name: 'w', hostPath: { path: '/' } },
        ],
      }),
      'hostPath volumes (volumes "v", "w")',
    ],
    [
      'host ports',
      LATEST,
      pod({}, { ports: [{ containerPort: 1, hostPort: 80 }] }),
      'hostPort (container "a" uses hostPort 80)',
    ],
    [
      'hosts of probes, since 1.34',
      34,
      pod({}, { livenessProbe: { tcpSocket: { host: 'h', port: 1 } } }),
      'probe or lifecycle host (container "a" uses probe or lifecycle host "h")',
    ],
    [
      'hosts of probes, before',
      33,
      pod({}, { livenessProbe: { tcpSocket: { host: 'h', port: 1 } } }),
      '',
    ],
    [
      'SELinux',
      30,
      pod({ securityContext: { seLinuxOptions: { type: 'container_engine_t', user: 'u' } } }),
      'seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type "container_engine_t"; user may not be set)',
    ],
    [
      'a sysctl that a later version allows',
      28,
      pod({ securityContext: { sysctls: [{ name: 'net.ipv4.tcp_fin_timeout', value: '1' }] } }),
      'forbidden sysctls (net.ipv4.tcp_fin_timeout)',
    ],
    [
      'a sysctl, in the version that allows it first',
      29,
      pod({ securityContext: { sysctls: [{ name: 'net.ipv4.tcp_fin_timeout', value: '1' }] } }),
      '',
    ],
    [
      'a seccomp annotation, before 1.19',
      18,
      pod({}, {}, { 'seccomp.security.alpha.kubernetes.io/pod': 'unconfined' }),
      'seccompProfile (forbidden annotation seccomp.security.alpha.kubernetes.io/pod="unconfined")',
    ],
    [
      'AppArmor',
      LATEST,
      pod({}, {}, { 'container.apparmor.security.beta.kubernetes.io/a': 'unconfined' }),
      'forbidden AppArmor profile (annotation must not set AppArmor profile type to "container.apparmor.security.beta.kubernetes.io/a="unconfined"")',
    ],
  ])('baseline: %s', (_case, minor, parts, expected) => {
    expect(text('baseline', minor, parts)).toBe(expected);
  });

  it.each<[string, number, ReturnType<typeof pod>, string]>([
    ['what it asks for', LATEST, RESTRICTED, ''],
    [
      'a plain pod',
      LATEST,
      pod({}),
      'allowPrivilegeEscalation != false (container "a" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "a" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "a" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "a" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    ],
    [
      'Windows, since 1.25',
      LATEST,
      pod({ os: { name: 'windows' } }),
      'runAsNonRoot != true (pod or container "a" must set securityContext.runAsNonRoot=true)',
    ],
    [
      'volumes in place of host paths',
      LATEST,
      pod({ ...RESTRICTED.spec, volumes: [{ name: 'v', hostPath: { path: '/' } }] }),
      'restricted volume types (volume "v" uses restricted volume type "hostPath")',
    ],
    [
      'root',
      LATEST,
      pod({
        ...RESTRICTED.spec,
        securityContext: { ...RESTRICTED.spec.securityContext, runAsUser: 0 },
      }),
      'runAsUser=0 (pod must not set runAsUser=0)',
    ],
    ['root, before 1.23', 22, pod({ ...RESTRICTED.spec }, { securityContext: {} }), ''],
  ])('restricted: %s', (_case, minor, parts, expected) => {
    expect(text('restricted', minor, parts)).toBe(expected);
  });
});
