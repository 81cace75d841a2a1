import { describe, expect, it } from 'vitest';
import { findMapping } from './discovery.ts';
import type { Mapping } from './mapping.ts';

function mapping(
  group: string,
  resource: string,
  kind: string,
  shortNames: string[] = [],
): Mapping {
  return {
    group,
    version: 'v1',
    resource,
    kind,
    namespaced: true,
    singular: kind.toLowerCase(),
    shortNames,
    categories: [],
    verbs: ['get', 'list'],
  };
}

const MAPPINGS = [
  mapping('', 'pods', 'Pod', ['po']),
  mapping('', 'events', 'Event', ['ev']),
  mapping('apps', 'deployments', 'Deployment', ['deploy']),
  mapping('events.k8s.io', 'events', 'Event', ['ev']),
  mapping('apps.openshift.io', 'deploymentconfigs', 'DeploymentConfig', ['dc']),
];

describe('findMapping', () => {
  it.each([
    ['po', 'pods', ''],
    ['Pod', 'pods', ''],
    ['pods', 'pods', ''],
    ['pods.v1.', 'pods', ''],
    ['ev', 'events', ''],
    ['events.events.k8s.io', 'events', 'events.k8s.io'],
    ['deployments.apps', 'deployments', 'apps'],
    ['deployment.v1.apps', 'deployments', 'apps'],
    ['dc', 'deploymentconfigs', 'apps.openshift.io'],
    ['dc.apps.openshift.io', 'deploymentconfigs', 'apps.openshift.io'],
  ])('finds %s', (text, resource, group) => {
    expect(findMapping(MAPPINGS, text)).toMatchObject({ resource, group });
  });

  it.each(['nosuch', 'pods.apps', 'deployments.v2.apps'])('does not find %s', (text) => {
    expect(findMapping(MAPPINGS, text)).toBeUndefined();
  });
});
