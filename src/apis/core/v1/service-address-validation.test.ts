import { describe, expect, it } from 'vitest';
import { fieldErrorsText } from '../../../machinery/field-error.ts';
import { addressChangeErrors, serviceAddressErrors } from './service-address-validation.ts';
import type { ServiceSpec } from './types.ts';

describe('addresses of a service', () => {
  it.each<[ServiceSpec, string[]]>([
    [{ clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1'] }, []],
    [{ clusterIP: 'None', clusterIPs: ['None'], ipFamilies: ['IPv6'] }, []],
    [{ clusterIP: '10.0.0.1' }, ['spec.clusterIPs: Required value']],
    [
      { clusterIP: 'None', clusterIPs: ['None', '10.0.0.1'] },
      [
        'spec.clusterIPs: Invalid value: ["None","10.0.0.1"]: \'None\' must be the first and only value',
      ],
    ],
    [
      { clusterIP: 'a', clusterIPs: ['a', '10.0.0.1', '10.0.0.2'] },
      [
        'spec.clusterIPs[0]: Invalid value: "a": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
        'spec.clusterIPs: Invalid value: ["a","10.0.0.1","10.0.0.2"]: may only hold up to 2 values',
      ],
    ],
    [
      { clusterIP: '10.0.0.1', clusterIPs: ['10.0.0.1', '10.0.0.2'] },
      [
        'spec.clusterIPs: Invalid value: ["10.0.0.1","10.0.0.2"]: may specify no more than one IP for each IP family',
      ],
    ],
    [
      { ipFamilies: ['IPv4', 'IPv4', 'IPv5'] },
      [
        'spec.ipFamilies[1]: Duplicate value: "IPv4"',
        'spec.ipFamilies[2]: Unsupported value: "IPv5": supported values: "IPv4", "IPv6"',
      ],
    ],
    [
      { clusterIP: '::1', clusterIPs: ['::1', '10.0.0.1'], ipFamilies: ['IPv4', 'IPv6'] },
      [
        'spec.clusterIPs[0]: Invalid value: "::1": expected an IPv4 value as indicated by `ipFamilies[0]`',
        'spec.clusterIPs[1]: Invalid value: "10.0.0.1": expected an IPv6 value as indicated by `ipFamilies[1]`',
      ],
    ],
  ])('%j', (spec, texts) => {
    expect(serviceAddressErrors(spec).map((one) => fieldErrorsText([one]))).toEqual(texts);
  });

  it('stay valid as they were before', () => {
    const spec = { clusterIP: 'old', clusterIPs: ['old'] };
    expect(serviceAddressErrors(spec)).toHaveLength(1);
    expect(serviceAddressErrors(spec, spec)).toEqual([]);
  });

  it.each<[string, ServiceSpec, string[]]>([
    ['the same', {}, []],
    ['another type', { type: 'ExternalName', clusterIPs: [] }, []],
    [
      'another first',
      { clusterIPs: ['10.0.0.2', '::1'], ipFamilies: ['IPv6', 'IPv4'] },
      [
        'spec.clusterIPs[0]: Invalid value: ["10.0.0.2","::1"]: may not change once set',
        'spec.ipFamilies[0]: Invalid value: ["IPv6","IPv4"]: may not change once set',
        'spec.ipFamilies[0]: Invalid value: ["IPv6","IPv4"]: may not change once set',
      ],
    ],
    [
      'no second',
      { clusterIPs: ['10.0.0.1'], ipFamilies: ['IPv4'] },
      [
        'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": must be set to \'SingleStack\' when releasing the secondary clusterIP',
        'spec.ipFamilyPolicy: Invalid value: "RequireDualStack": must be set to \'SingleStack\' when releasing the secondary ipFamily',
      ],
    ],
    [
      'none',
      { clusterIPs: [], ipFamilies: [] },
      [
        'spec.clusterIPs[0]: Invalid value: []: primary clusterIP can not be unset',
        'spec.ipFamilies[0]: Invalid value: []: primary ipFamily can not be unset',
      ],
    ],
  ])('may become %s', (_, change, texts) => {
    const before: ServiceSpec = {
      type: 'ClusterIP',
      clusterIPs: ['10.0.0.1', '::1'],
      ipFamilies: ['IPv4', 'IPv6'],
      ipFamilyPolicy: 'RequireDualStack',
    };
    const errors = addressChangeErrors({ ...before, ...change }, before);
    expect(errors.map((one) => fieldErrorsText([one]))).toEqual(texts);
  });
});
