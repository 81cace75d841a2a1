import { describe, expect, it } from 'vitest';
import type { ServiceSpec } from '../../../apis/core/v1/types.ts';
import { isStatusError } from '../../../machinery/status-error.ts';
import { setFamilies } from './ip-families.ts';

function outcome(spec: ServiceSpec, before?: ServiceSpec): ServiceSpec | string {
  const service = {
    apiVersion: 'v1' as const,
    kind: 'Service' as const,
    metadata: { name: 's' },
    spec,
  };
  try {
    setFamilies(service, before);
    return service.spec;
  } catch (error) {
    if (isStatusError(error)) return error.message.replace('Service "s" is invalid: ', '');
    throw error;
  }
}

const V6 = '2001:db8::1';
const HEADLESS = { clusterIP: 'None', clusterIPs: ['None'] };
const HELD = {
  type: 'ClusterIP',
  clusterIP: '10.0.0.1',
  clusterIPs: ['10.0.0.1'],
  ipFamilies: ['IPv4'],
  ipFamilyPolicy: 'SingleStack',
};

describe('families of a service', () => {
  it.each<[string, ServiceSpec, ServiceSpec]>([
    ['one by default', {}, { ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' }],
    [
      'one where two are only preferred',
      { ipFamilyPolicy: 'PreferDualStack' },
      { ipFamilies: ['IPv4'], ipFamilyPolicy: 'PreferDualStack' },
    ],
    [
      'both without an address and a selector',
      HEADLESS,
      { ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'RequireDualStack' },
    ],
    [
      'both, beginning with the named one',
      { ...HEADLESS, ipFamilies: ['IPv6'] },
      { ipFamilies: ['IPv6', 'IPv4'], ipFamilyPolicy: 'RequireDualStack' },
    ],
    [
      'one without an address, with a selector',
      { ...HEADLESS, selector: { a: 'b' } },
      { ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' },
    ],
  ])('are %s', (_, spec, filled) => {
    expect(outcome({ ...spec })).toMatchObject(filled);
  });

  it.each<[ServiceSpec, string]>([
    [
      { clusterIP: V6, clusterIPs: [V6] },
      `spec.clusterIPs[0]: Invalid value: ["${V6}"]: IPv6 is not configured on this cluster`,
    ],
    [
      { clusterIPs: [V6] },
      `spec.clusterIPs: Invalid value: ["${V6}"]: must be empty when \`clusterIP\` is not specified`,
    ],
    [
      { ipFamilyPolicy: 'RequireDualStack', ipFamilies: ['IPv6'] },
      '[spec.ipFamilyPolicy: Invalid value: "RequireDualStack": this cluster is not configured for dual-stack services, spec.ipFamilies[0]: Invalid value: "IPv6": not configured on this cluster]',
    ],
    [
      { clusterIP: V6, clusterIPs: [V6, '10.0.0.1'], ipFamilies: ['IPv6', 'IPv4'] },
      "[spec.ipFamilyPolicy: Invalid value: \"SingleStack\": must be 'RequireDualStack' or 'PreferDualStack' when multiple cluster IPs are specified, spec.ipFamilyPolicy: Invalid value: \"SingleStack\": must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified]",
    ],
  ])('of %j are refused', (spec, text) => {
    expect(outcome({ ...spec })).toBe(text);
  });

  it('that preferred two stay, and take no second address', () => {
    const preferred = { ...HELD, ipFamilyPolicy: 'PreferDualStack' };
    expect(outcome({ ...preferred }, preferred)).toEqual(preferred);
    const more = { ...preferred, clusterIPs: ['10.0.0.1', V6] };
    expect(outcome(more, preferred)).toContain('IPv6 is not configured on this cluster');
  });

  it('are given up only by those who say so', () => {
    const both = {
      ...HELD,
      clusterIPs: ['10.0.0.1', V6],
      ipFamilies: ['IPv4', 'IPv6'],
      ipFamilyPolicy: 'RequireDualStack',
    };
    expect(outcome({ ...both, ipFamilyPolicy: 'SingleStack' }, both)).toEqual(HELD);
    const less = { ...HELD, ipFamilyPolicy: 'RequireDualStack' };
    expect(outcome(less, both)).toBe(
      '[spec.ipFamilyPolicy: Invalid value: "RequireDualStack": must be \'SingleStack\' to release the secondary cluster IP, spec.ipFamilyPolicy: Invalid value: "RequireDualStack": must be \'SingleStack\' to release the secondary IP family]',
    );
  });
});
