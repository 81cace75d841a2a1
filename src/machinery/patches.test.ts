import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type JsonPatchOperation, jsonPatch } from './json-patch.ts';
import type { JsonObject } from './json-value.ts';
import { createMergePatch, mergePatch } from './merge-patch.ts';

describe('jsonPatch', () => {
  const document = { a: { b: [1, 2, 3], 'c/d': 1 }, e: null };
  it.each<[JsonPatchOperation[], unknown]>([
    [[{ op: 'add', path: '/x', value: 1 }], { ...document, x: 1 }],
    [[{ op: 'add', path: '/a/b/-', value: 4 }], { ...document, a: { b: [1, 2, 3, 4], 'c/d': 1 } }],
    [[{ op: 'add', path: '/a/b/0', value: 0 }], { ...document, a: { b: [0, 1, 2, 3], 'c/d': 1 } }],
    [[{ op: 'remove', path: '/a/b/1' }], { ...document, a: { b: [1, 3], 'c/d': 1 } }],
    [[{ op: 'remove', path: '/a/c~1d' }], { ...document, a: { b: [1, 2, 3] } }],
    [[{ op: 'replace', path: '/e', value: 5 }], { ...document, e: 5 }],
    [[{ op: 'replace', path: '/q', value: 5 }], { ...document, q: 5 }],
    [[{ op: 'move', from: '/a/b', path: '/b' }], { a: { 'c/d': 1 }, b: [1, 2, 3], e: null }],
    [[{ op: 'copy', from: '/a/b/0', path: '/e' }], { ...document, e: 1 }],
    [[{ op: 'test', path: '/a/b', value: [1, 2, 3] }], document],
    [[{ op: 'test', path: '/e', value: null }], document],
  ])('%j applies', (operations, expected) => {
    expect(jsonPatch(document, operations)).toEqual(expected);
  });

  it.each<[JsonPatchOperation, string]>([
    [
      { op: 'remove', path: '/zz' },
      "error in remove for path: '/zz': Unable to remove nonexistent key: zz: missing value",
    ],
    [
      { op: 'add', path: '/q/r', value: 1 },
      'add operation does not apply: doc is missing path: "/q/r": missing value',
    ],
    [
      { op: 'replace', path: '/a/b/9', value: 1 },
      'replace operation does not apply: doc is missing key: /a/b/9: missing value',
    ],
    [{ op: 'test', path: '/e', value: 1 }, 'testing value /e failed: test failed'],
    [
      { op: 'add', path: '/a/b/9', value: 1 },
      "error in add for path: '/a/b/9': Unable to access invalid index: 9: invalid index referenced",
    ],
  ])('%j is refused', (operation, message) => {
    expect(() => jsonPatch(document, [operation])).toThrow(message);
  });

  it('does not change its input', () => {
    const before = structuredClone(document);
    jsonPatch(document, [{ op: 'add', path: '/a/b/-', value: 4 }]);
    expect(document).toEqual(before);
  });
});

describe('mergePatch', () => {
  it.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: { b: 1 } }, { a: { c: 2 } }, { a: { b: 1, c: 2 } }],
    [{ a: [1] }, { a: [2] }, { a: [2] }],
    [{ a: 'x' }, { a: { b: null, c: 1 } }, { a: { c: 1 } }],
    [{ a: [1] }, { a: [null, { b: null }, [{ c: null }]] }, { a: [null, {}, [{}]] }],
    [{ a: { b: 1 } }, { a: [{ b: null }] }, { a: [{ b: null }] }],
  ])('%j with %j is %j', (current, patch, expected) => {
    expect(mergePatch(current, patch)).toEqual(expected);
  });

  it('undoes the difference that createMergePatch found', () => {
    const json = fc.letrec((tie) => ({
      value: fc.oneof({ depthSize: 'small' }, fc.integer(), fc.string(), tie('object')),
      object: fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value')),
    }));
    fc.assert(
      fc.property(json.object, json.object, (from, to) => {
        const patch = createMergePatch(from as JsonObject, to as JsonObject);
        expect(mergePatch(from, patch)).toEqual(to);
      }),
    );
  });
});
