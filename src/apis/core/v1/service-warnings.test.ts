import { describe, expect, it } from 'vitest';
import { HINTS, MODE, serviceStatusWarnings, serviceWarnings } from './service-warnings.ts';
import type { ServiceSpec } from './types.ts';

const HEADLESS = { clusterIP: 'None', clusterIPs: ['None'] };

function warningsOf(spec: ServiceSpec, annotations = {}): string[] {
  return serviceWarnings({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { annotations },
    spec: { sessionAffinity: 'None', type: 'ClusterIP', ...spec },
  });
}

describe('warnings of a service', () => {
  it.each<[ServiceSpec, string[]]>([
    [{ clusterIPs: ['10.0.0.1'], externalIPs: ['1.2.3.4'] }, []],
    [
      { clusterIPs: ['010.0.0.1'] },
      [
        'spec.clusterIPs[0]: non-standard IP address "010.0.0.1" will be considered invalid in a future Kubernetes release: use "10.0.0.1"',
      ],
    ],
    [
      {
        ...HEADLESS,
        sessionAffinity: 'ClientIP',
        externalIPs: ['1.2.3.4'],
        loadBalancerIP: '1.1.1.1',
      },
      [
        'spec.loadBalancerIP is ignored for headless services',
        'spec.externalIPs is ignored for headless services',
        'spec.SessionAffinity is ignored for headless services',
      ],
    ],
    [
      { loadBalancerIP: '::FFFF', loadBalancerSourceRanges: ['010.0.0.0/8'] },
      [
        'spec.loadBalancerIP: IPv6 address "::FFFF" should be in RFC 5952 canonical format ("::ffff")',
        'spec.loadBalancerSourceRanges[0]: non-standard CIDR value "010.0.0.0/8" will be considered invalid in a future Kubernetes release: use "10.0.0.0/8"',
      ],
    ],
    [
      { type: 'ExternalName', externalName: 'a.b', externalIPs: ['1.2.3.4'] },
      ['spec.externalIPs is ignored when spec.type is "ExternalName"'],
    ],
    [
      { externalName: 'a.b' },
      ['spec.externalName is ignored when spec.type is not "ExternalName"'],
    ],
  ])('%j', (spec, texts) => {
    expect(warningsOf(spec)).toEqual(texts);
  });

  it('name the annotation that came after the older one', () => {
    const text = `annotation ${HINTS} is deprecated, please use ${MODE} instead`;
    expect(warningsOf({}, { [HINTS]: 'auto' })).toEqual([text]);
  });

  it('tell of addresses of a load balancer', () => {
    const status = { loadBalancer: { ingress: [{ hostname: 'a' }, { ip: '::ffff:1.2.3.4' }] } };
    expect(
      serviceStatusWarnings({ apiVersion: 'v1', kind: 'Service', metadata: {}, status }),
    ).toEqual([
      'status.loadBalancer.ingress[1]: non-standard IP address "::ffff:1.2.3.4" will be considered invalid in a future Kubernetes release: use "1.2.3.4"',
    ]);
  });
});
