import { describe, expect, it } from 'vitest';
import { CONFIG_MAPS, NAMESPACES, SERVICE_ACCOUNTS } from '../../apis/resource-types.ts';
import type { KubeObject, ResourceType } from '../../machinery/object.ts';
import { checkNamespaceDelete, checkNamespaceKept, nameToBe } from './namespace-check.ts';

const definitionOf = (type: ResourceType) => ({ type, definition: 'any' });

describe('checkNamespaceDelete', () => {
  it.each(['default', 'kube-system', 'kube-public'])('keeps the namespace %s', (name) => {
    expect(() => checkNamespaceDelete(definitionOf(NAMESPACES), name)).toThrow(
      `namespaces "${name}" is forbidden: this namespace may not be deleted`,
    );
  });

  it.each([
    ['another namespace', NAMESPACES, 'kube-node-lease'],
    ['what is called like one of them', SERVICE_ACCOUNTS, 'default'],
    ['a resource of that name in another group', { ...NAMESPACES, group: 'x.io' }, 'default'],
  ])('lets go %s', (_what, type, name) => {
    expect(() => checkNamespaceDelete(definitionOf(type), name)).not.toThrow();
  });
});

describe('checkNamespaceKept', () => {
  const kept = (type: ResourceType, namespace?: string) => {
    const object: KubeObject = { apiVersion: 'v1', kind: 'X', metadata: { name: 'x' } };
    if (namespace !== undefined) object.metadata.namespace = namespace;
    checkNamespaceKept(definitionOf(type), object, { namespace: 'n' });
    return object.metadata;
  };

  it('fills in a namespace that is missing, and refuses another one', () => {
    expect(kept(CONFIG_MAPS)).toEqual({ name: 'x', namespace: 'n' });
    expect(kept(CONFIG_MAPS, 'n')).toEqual({ name: 'x', namespace: 'n' });
    expect(() => kept(CONFIG_MAPS, 'other')).toThrow(
      'the namespace of the provided object does not match the namespace sent on the request',
    );
  });

  it('takes the namespace from what belongs to none', () => {
    expect(kept(NAMESPACES, 'other')).toEqual({ name: 'x' });
  });
});

it.each([
  [{ name: 'a', generateName: 'b-' }, 'a'],
  [{ name: '', generateName: 'b-' }, 'b-'],
  [{}, 'Unknown'],
])('what has the metadata %j is called %j where it is refused', (metadata, expected) => {
  expect(nameToBe({ apiVersion: 'v1', kind: 'Pod', metadata })).toBe(expected);
});
