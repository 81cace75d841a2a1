import { describe, expect, it } from 'vitest';
import { CONFIG_MAPS, PODS } from '../../apis/resource-types.ts';
import type { AdmissionRequest } from '../../apiserver/contracts.ts';
import type { OwnerReference } from '../../machinery/meta/v1.ts';
import { newOwnerReferences } from './owner-references.ts';

const OWNER: OwnerReference = { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: 'u1' };
const object = (...ownerReferences: OwnerReference[]) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'c', namespace: 'n', ownerReferences },
});

/** Admits as a user who holds some permissions, each `verb resource/subresource`. */
async function admit(held: string[], now: OwnerReference[], before?: OwnerReference[]) {
  const plugin = newOwnerReferences({
    authorizer: {
      authorize: ({ verb, resource, subresource }) => ({
        allowed: held.includes(`${verb} ${resource}${subresource ? `/${subresource}` : ''}`),
      }),
    },
    resourcesOf: (_group, _version, kind) => (kind === 'Pod' ? [PODS] : []),
  });
  await plugin.validate?.({
    operation: before ? 'UPDATE' : 'CREATE',
    type: CONFIG_MAPS,
    subresource: '',
    namespace: 'n',
    name: 'c',
    object: object(...now),
    old: before && object(...before),
    context: { user: { name: 'joe', groups: [] } },
  } as unknown as AdmissionRequest);
}

const blocking = { ...OWNER, blockOwnerDeletion: true };

describe('the admission of owner references', () => {
  it('lets everybody make objects with owners, and leave owners as they are', async () => {
    await expect(admit([], [OWNER])).resolves.toBeUndefined();
    await expect(admit([], [blocking], [blocking])).resolves.toBeUndefined();
  });

  it('lets change owners who may delete', async () => {
    await expect(admit([], [OWNER], [])).rejects.toMatchObject({
      code: 403,
      message:
        'configmaps "c" is forbidden: cannot set an ownerRef on a resource you can\'t delete: , <nil>',
    });
    await expect(admit(['delete configmaps'], [OWNER], [])).resolves.toBeUndefined();
  });

  it('lets keep owners from going who may set their finalizers', async () => {
    await expect(admit([], [blocking])).rejects.toMatchObject({
      message:
        'configmaps "c" is forbidden: cannot set blockOwnerDeletion if an ownerReference refers to a resource you can\'t set finalizers on: , <nil>',
    });
    await expect(admit(['update pods/finalizers'], [blocking])).resolves.toBeUndefined();
    await expect(admit(['update */finalizers'], [blocking])).resolves.toBeUndefined();
    await expect(admit([], [{ ...blocking, kind: 'Foo' }])).rejects.toMatchObject({
      message:
        'configmaps "c" is forbidden: cannot set blockOwnerDeletion in this case because cannot find RESTMapping for APIVersion v1 Kind Foo: no matches for kind "Foo" in version "v1"',
    });
  });
});
