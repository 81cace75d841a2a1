import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadProgram } from './load-program.ts';

interface Program {
  readonly place: string;
  add(a: number, b: number): number;
}

const SOURCE = `
exports.place = require('node:path').basename(__filename);
exports.add = (a, b) => a + b;
`;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'program-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

it('evaluates a bundle, with and without code that was compiled before', async () => {
  const file = join(directory, 'program.cjs');
  await writeFile(file, SOURCE);
  const first = loadProgram<Program>(file);
  expect(first.exports.add(1, 2)).toBe(3);
  expect(existsSync(`${file}.compiled`)).toBe(false);
  await first.keepCompiled();
  const second = loadProgram<Program>(file);
  expect([second.exports.place, second.exports.add(2, 3)]).toEqual(['program.cjs', 5]);
});

it('takes no notice of compiled code that is of no use', async () => {
  const file = join(directory, 'program.cjs');
  await writeFile(file, SOURCE);
  await writeFile(`${file}.compiled`, 'from somewhere else');
  expect(loadProgram<Program>(file).exports.add(1, 2)).toBe(3);
});
