import { describe, expect, it } from 'vitest';
import type { Pod, Service } from '../../apis/core/v1/types.ts';
import { parseAddresses, parseForward } from './forwards.ts';

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web' },
  spec: {
    containers: [
      {
        name: 'main',
        ports: [
          { name: 'http', containerPort: 8080 },
          { name: 'dns', containerPort: 53, protocol: 'UDP' },
        ],
      },
    ],
  },
} as Pod;

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web' },
  spec: {
    ports: [
      { name: 'www', port: 80, targetPort: 'http' },
      { name: 'admin', port: 81, targetPort: 9000 },
      { name: 'dns', port: 53, protocol: 'UDP' },
    ],
  },
} as Service;

describe('parseForward', () => {
  it.each([
    ['5000', { local: 5000, remote: 5000 }],
    ['8888:5000', { local: 8888, remote: 5000 }],
    [':5000', { local: 0, remote: 5000 }],
    ['0:5000', { local: 0, remote: 5000 }],
    ['http', { local: 8080, remote: 8080 }],
    ['1:http', { local: 1, remote: 8080 }],
  ])('reads %s for a pod', (text, forward) => {
    expect(parseForward(text, pod, undefined)).toEqual(forward);
  });

  it.each([
    ['80', { local: 80, remote: 8080 }],
    ['8888:80', { local: 8888, remote: 8080 }],
    ['www', { local: 80, remote: 8080 }],
    [':admin', { local: 0, remote: 9000 }],
  ])('leads %s through a service to its target port', (text, forward) => {
    expect(parseForward(text, pod, service)).toEqual(forward);
  });

  it.each([
    ['nope', undefined, "Pod 'web' does not have a named port 'nope'"],
    ['53', undefined, 'UDP protocol is not supported for 53'],
    ['0', undefined, 'remote port must be > 0'],
    [
      'x:80',
      undefined,
      `error parsing local port 'x': strconv.ParseUint: parsing "x": invalid syntax`,
    ],
    [
      '70000',
      undefined,
      `error parsing remote port '70000': strconv.ParseUint: parsing "70000": value out of range`,
    ],
    ['82', service, 'Service web does not have a service port 82'],
    ['nope', service, "Service 'web' does not have a named port 'nope'"],
    ['dns', service, 'UDP protocol is not supported for dns'],
  ])('refuses %s', (text, through, message) => {
    expect(() => parseForward(text, pod, through)).toThrow(message);
  });
});

describe('parseAddresses', () => {
  it('takes localhost as both loopback addresses', () => {
    expect(parseAddresses(['localhost']).map(({ host }) => host)).toEqual(['127.0.0.1', '::1']);
  });

  it('insists on an address that was given as such', () => {
    expect(parseAddresses(['localhost', '10.0.0.1'])).toContainEqual({
      host: '10.0.0.1',
      optional: false,
    });
  });

  it('refuses names', () => {
    expect(() => parseAddresses(['foo'])).toThrow('foo is not a valid IP');
  });
});
