import { describe, expect, it } from 'vitest';
import { NAMESPACES, PODS } from '../../apis/resource-types.ts';
import type { AdmissionRequest } from '../../apiserver/contracts.ts';
import type { ResourceType } from '../../machinery/object.ts';
import { ruleMatches } from './rules.ts';

const request = (type: ResourceType, subresource = '', operation = 'CREATE') =>
  ({
    type,
    subresource,
    operation,
    name: 'x',
    namespace: type.namespaced ? 'default' : '',
  }) as AdmissionRequest;

const rule = (resources: string[], more: object = {}) => ({
  operations: ['CREATE'],
  apiGroups: [''],
  apiVersions: ['v1'],
  resources,
  ...more,
});

describe('ruleMatches', () => {
  it.each([
    ['a resource', rule(['pods']), request(PODS), true],
    ['a resource without its subresources', rule(['pods']), request(PODS, 'exec'), false],
    ['one subresource', rule(['pods/exec']), request(PODS, 'exec'), true],
    ['all subresources, and not the resource', rule(['pods/*']), request(PODS, 'exec'), true],
    ['every resource without subresources', rule(['*']), request(PODS, 'exec'), false],
    ['a subresource of every resource', rule(['*/exec']), request(PODS, 'exec'), true],
    ['everything', rule(['*/*']), request(PODS), true],
    ['another operation', rule(['pods'], { operations: ['DELETE'] }), request(PODS), false],
    ['another group', rule(['pods'], { apiGroups: ['apps'] }), request(PODS), false],
    ['another version', rule(['pods'], { apiVersions: ['v2'] }), request(PODS), false],
    ['the scope of a pod', rule(['*'], { scope: 'Cluster' }), request(PODS), false],
    ['a namespace as in none', rule(['*'], { scope: 'Cluster' }), request(NAMESPACES), true],
    ['a namespace not as in one', rule(['*'], { scope: 'Namespaced' }), request(NAMESPACES), false],
  ])('%s', (_name, given, about, expected) => {
    expect(ruleMatches(given, about)).toBe(expected);
  });
});
