// Runs the benchmarks of bench/ and prints one table. `npm run bench -- store cli` runs only those,
// `npm run bench -- apiserver:watches` only a part of one.
// A benchmark is a module `bench/NAME.ts` that exports `run()`; see bench/README.md.
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { bundleServer } from './bundle-server.mjs';

const all = readdirSync('bench')
  .filter((file) => file.endsWith('.ts'))
  .map((file) => basename(file, '.ts'));
const wanted = process.argv.slice(2).map((argument) => argument.split(':'));
const unknown = wanted.map(([name]) => name).filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`bench: unknown benchmark ${unknown.join(', ')}; there are: ${all.join(', ')}`);
  process.exit(2);
}
const runs = wanted.length > 0 ? wanted : all.map((name) => [name]);

const programs = readdirSync('bench/programs').map((file) => `programs/${basename(file, '.ts')}`);
rmSync('.cache/bench', { recursive: true, force: true });
mkdirSync('.cache/bench', { recursive: true });
await build({
  entryPoints: Object.fromEntries(
    [...runs.map(([name]) => name), ...programs].map((name) => [name, `bench/${name}.ts`]),
  ),
  outdir: '.cache/bench',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  packages: 'external',
  minifyWhitespace: true,
  minifySyntax: true,
  logLevel: 'warning',
});
await bundleServer('bench/load/api-alone.ts', '.cache/bench/programs/api-alone.cjs');

const rows = [];
let failed = 0;
for (const [name, part] of runs) {
  console.error(`bench: ${name}`);
  try {
    const module = await import(pathToFileURL(resolve(`.cache/bench/${name}.mjs`)).href);
    const result = await module.run(part);
    for (const row of result.rows) rows.push({ bench: result.name, against: result.other, ...row });
  } catch (error) {
    failed += 1;
    console.error(`bench: ${name} failed:`, error);
  }
}

const number = (value) =>
  Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
// How many times better than the other: of a rate more is better, of a time or size less.
const ratio = ({ value, other, unit }) =>
  other === undefined ? '' : `${(unit === '/s' ? value / other : other / value).toFixed(2)} ×`;
const against = rows.find((row) => row.other !== undefined)?.against;
const columns = [
  ['bench', (row) => row.bench],
  ['work', (row) => row.work],
  ['value', (row) => number(row.value), 'right'],
  ['unit', (row) => row.unit],
  ...(against === undefined
    ? []
    : [
        [against, (row) => (row.other === undefined ? '' : number(row.other)), 'right'],
        ['ratio', ratio, 'right'],
      ]),
  ['goal', (row) => row.goal ?? ''],
];
const table = [
  columns.map(([title]) => title),
  ...rows.map((row) => columns.map(([, cell]) => cell(row))),
];
const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
for (const row of table) {
  console.log(
    row
      .map((cell, column) =>
        columns[column][2] === 'right'
          ? cell.padStart(widths[column])
          : cell.padEnd(widths[column]),
      )
      .join('  ')
      .trimEnd(),
  );
}
process.exit(failed > 0 ? 1 : 0);
