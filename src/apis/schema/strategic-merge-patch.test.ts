import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { schemaOf } from './schema.ts';
import { strategicMergePatch } from './strategic-merge-patch.ts';

const POD_SPEC = schemaOf('io.k8s.api.core.v1.PodSpec');
const META = schemaOf('io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta');
const SERVICE_ACCOUNT = schemaOf('io.k8s.api.core.v1.ServiceAccount');

const container = (name: string, image: string) => ({ name, image });

describe('strategicMergePatch', () => {
  it.each([
    [
      'merges list elements by key',
      { containers: [container('a', '1'), container('b', '1')] },
      { containers: [{ name: 'b', image: '2' }] },
      { containers: [container('a', '1'), container('b', '2')] },
    ],
    [
      'puts a new element before those that only the server has',
      { containers: [container('a', '1')] },
      { containers: [container('b', '1')] },
      { containers: [container('b', '1'), container('a', '1')] },
    ],
    [
      'takes a list as it is where there is none',
      {},
      {
        containers: [
          { image: '1' },
          container('a', '1'),
          container('a', '1'),
          { $patch: 'delete' },
        ],
      },
      { containers: [{ image: '1' }, container('a', '1'), container('a', '1')] },
    ],
    [
      'deletes an element',
      { containers: [container('a', '1'), container('b', '1')] },
      { containers: [{ name: 'a', $patch: 'delete' }] },
      { containers: [container('b', '1')] },
    ],
    [
      'replaces a list by directive',
      { containers: [container('a', '1'), container('b', '1')] },
      { containers: [container('c', '1'), { $patch: 'replace' }] },
      { containers: [container('c', '1')] },
    ],
    [
      'takes no new object that says how it is to be merged with what is not there',
      { containers: [container('a', '1')] },
      {
        nodeSelector: { $patch: 'replace', x: 'y' },
        affinity: { nodeAffinity: { $patch: 'merge' } },
      },
      { containers: [container('a', '1')], affinity: {} },
    ],
    [
      'orders as $setElementOrder says',
      { containers: [container('a', '1'), container('b', '1'), container('c', '1')] },
      { '$setElementOrder/containers': [{ name: 'c' }, { name: 'b' }, { name: 'a' }] },
      { containers: [container('c', '1'), container('b', '1'), container('a', '1')] },
    ],
    [
      'keeps only the named fields of a volume',
      { volumes: [{ name: 'v', emptyDir: {} }] },
      {
        volumes: [{ name: 'v', $retainKeys: ['name', 'hostPath'], hostPath: { path: '/x' } }],
      },
      { volumes: [{ name: 'v', hostPath: { path: '/x' } }] },
    ],
    [
      'replaces atomic lists',
      { tolerations: [{ key: 'a' }] },
      { tolerations: [{ key: 'b' }] },
      { tolerations: [{ key: 'b' }] },
    ],
    [
      'replaces a map by directive',
      { securityContext: { runAsUser: 1, fsGroup: 2 } },
      { securityContext: { $patch: 'replace', runAsUser: 3 } },
      { securityContext: { runAsUser: 3 } },
    ],
    [
      'removes by null and drops nulls of new values',
      { hostname: 'x', nodeSelector: { a: 'b', c: 'd' } },
      { hostname: null, nodeSelector: { a: null }, dnsConfig: { searches: null, options: [] } },
      { nodeSelector: { c: 'd' }, dnsConfig: { options: [] } },
    ],
  ])('%s', (_, current, patch, expected) => {
    const before = structuredClone(current);
    expect(strategicMergePatch(POD_SPEC, current, patch)).toEqual(expected);
    expect(current).toEqual(before);
  });

  it('merges lists of scalars and deletes from them', () => {
    const patched = strategicMergePatch(
      META,
      { finalizers: ['a', 'b'] },
      { finalizers: ['c', 'a'], '$deleteFromPrimitiveList/finalizers': ['b'] },
    );
    expect(patched).toEqual({ finalizers: ['c', 'a'] });
  });

  it('merges secrets of a service account by name', () => {
    const patched = strategicMergePatch(
      SERVICE_ACCOUNT,
      { secrets: [{ name: 'x' }] },
      { secrets: [{ name: 'y' }] },
    );
    expect(patched).toEqual({ secrets: [{ name: 'y' }, { name: 'x' }] });
  });

  it.each([
    [{ containers: [{ image: 'x' }] }, 422, 'does not contain declared merge key: name'],
    [{ $patch: 'nosuch' }, 422, 'unknown patch type: nosuch'],
    [{ $setElementOrder: 1 }, 400, 'expected a []interface {}, but received a int64'],
    [
      { '$setElementOrder/containers': 'a' },
      400,
      'expected a []interface {}, but received a string',
    ],
    [{ $setElementOrder: [] }, 400, 'invalid patch format of setElementOrder list'],
    [{ $deleteFromPrimitiveList: 1 }, 400, 'invalid patch format of primitive list'],
    [
      { '$setElementOrder/containers': [{ name: 'b' }], containers: [{ name: 'a' }] },
      422,
      "The order in patch list:\n[map[name:a]]\n doesn't match $setElementOrder list:\n[map[name:b]]\n",
    ],
    [
      { volumes: [{ name: 'v', $retainKeys: ['name'], hostPath: {} }] },
      422,
      'patch content does not match retainKeys list',
    ],
  ])('%j is refused', (patch, code, message) => {
    const current = { containers: [container('a', '1')], volumes: [{ name: 'v' }] };
    expect(() => strategicMergePatch(POD_SPEC, current, patch)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });

  it('turns any list into any other by the patch that a client computes', () => {
    const list = fc.uniqueArray(
      fc.record({
        name: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
        image: fc.constantFrom('1', '2'),
      }),
      { selector: (one) => one.name, minLength: 1 },
    );
    fc.assert(
      fc.property(list, list, (from, to) => {
        const gone = from.filter((one) => !to.some((other) => other.name === one.name));
        const patch = {
          '$setElementOrder/containers': to.map(({ name }) => ({ name })),
          containers: [...to, ...gone.map(({ name }) => ({ name, $patch: 'delete' }))],
        };
        const patched = strategicMergePatch(POD_SPEC, { containers: from }, patch);
        expect(patched).toEqual({ containers: to });
      }),
    );
  });
});
