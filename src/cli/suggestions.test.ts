import { expect, it } from 'vitest';
import { suggestionsFor } from './suggestions.ts';

const WORDS = ['set', 'get', 'create', 'rollout', 'describe'];

it.each([
  ['gt', ['get', 'set']],
  ['crete', ['create']],
  ['DES', ['describe', 'get', 'set']],
  ['frobnicate', []],
])('suggests for %s', (wrong, expected) => {
  expect(suggestionsFor(wrong, WORDS)).toEqual(expected);
});
