// Runs the conformance tests and writes docs/compatibility.md from what they saw: which resources
// answered which requests, and which versions of clients did what. Nothing in it is written by hand.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = mkdtempSync(join(tmpdir(), 'sampan-compatibility-'));
const report = join(folder, 'report.json');
const args = ['run', '--project', 'conformance', '--reporter=default', '--reporter=json'];
spawnSync('node_modules/.bin/vitest', [...args, `--outputFile.json=${report}`], {
  stdio: 'inherit',
});
const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
rmSync(folder, { recursive: true });

const passed = (test) => (test.status === 'passed' ? 'yes' : 'no');
const testsOf = (file) =>
  testResults.find((one) => one.name.endsWith(`/${file}`))?.assertionResults ?? [];

/** tableOf writes a Markdown table with one row a key and one column a value. */
function tableOf(title, columns, cells) {
  const rows = [...cells].map(([key, values]) => [
    key,
    ...columns.map((column) => values.get(column) ?? ''),
  ]);
  const lines = [[title, ...columns], columns.map(() => '---').concat('---'), ...rows];
  return lines.map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function collect(tests, placeOf) {
  const cells = new Map();
  const columns = [];
  for (const test of tests) {
    const place = placeOf(test);
    if (!place) continue;
    if (!columns.includes(place.column)) columns.push(place.column);
    if (!cells.has(place.row)) cells.set(place.row, new Map());
    cells.get(place.row).set(place.column, passed(test));
  }
  return { cells, columns };
}

/** byKind takes apart the title of a test of one kind: `apps/v1 Deployment: every verb`. */
function byKind(column) {
  return (test) => {
    const [, row, what] = /^(\S+ \w+): (.*)$/.exec(test.title) ?? [];
    return row && { row, column: column ?? what };
  };
}

const kinds = collect(testsOf('verbs.test.ts'), byKind());
const clients = [
  collect(testsOf('javascript-client.test.ts'), byKind('JavaScript client')),
  collect(testsOf('python-client.test.ts'), byKind('Python client')),
];
for (const client of clients) {
  for (const [row, values] of client.cells) {
    if (!kinds.cells.has(row)) kinds.cells.set(row, new Map());
    for (const [column, value] of values) kinds.cells.get(row).set(column, value);
  }
}
const python = testsOf('python-client.test.ts')
  .filter((test) => !byKind()(test))
  .map((test) => `| ${test.title} | ${passed(test)} |`);
const programs = collect(
  testsOf('kubectl.test.ts'),
  (test) =>
    test.ancestorTitles.length > 0 && { row: test.title, column: test.ancestorTitles.at(-1) },
);
const whole = testsOf('subresources.test.ts').map((test) => `| ${test.title} | ${passed(test)} |`);
const hostile = testsOf('fuzz.test.ts').map((test) => `| ${test.title} | ${passed(test)} |`);

const text = `# What was tried, and what answered

Made by \`npm run compatibility\` from what the conformance tests (\`test/conformance\`) saw. Where Sampan differs from Kubernetes on purpose stands in [differences.md](differences.md).

## Kinds

"Every verb" is: create (dry-run too), get, list with field and label selectors, watch, update, stale updates refused, all four kinds of patch, server-side apply twice, a Table, metadata only, delete.

${tableOf('kind', [...kinds.columns, ...clients.flatMap((client) => client.columns)], kinds.cells)}

## The API as a whole

Resources and verbs are compared with the catalogue of Kubernetes' own types, and what discovery shows below objects is driven, all of it.

| the API | passed |
| --- | --- |
${whole.join('\n')}

## Clients

Each did this with one object of each kind at once.

${tableOf('command', programs.columns, programs.cells)}

## The Python client

| test | passed |
| --- | --- |
${python.join('\n')}

## Hostile requests

| test | passed |
| --- | --- |
${hostile.join('\n')}
`;
writeFileSync('docs/compatibility.md', text);
const failed = testResults
  .flatMap((one) => one.assertionResults)
  .some((test) => test.status !== 'passed');
process.exit(failed ? 1 : 0);
