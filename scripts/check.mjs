// Runs every check in order and closes with a line `N passed, N failed` that counts what ran:
// the checks themselves and each test. `node scripts/check.mjs [NAME…]` runs only the named ones.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const reports = mkdtempSync(join(tmpdir(), 'sampan-check-'));
const vitest = (project) => [
  'node_modules/.bin/vitest',
  [
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${join(reports, `${project}.json`)}`,
  ],
];
const CHECKS = {
  format: [
    'node_modules/.bin/biome',
    ['ci', '--linter-enabled=false', '--assist-enabled=false', '--error-on-warnings', '.'],
  ],
  lint: ['node_modules/.bin/biome', ['lint', '--error-on-warnings', '.']],
  rooms: [process.execPath, ['scripts/check-rooms.mjs']],
  sizes: [process.execPath, ['scripts/check-sizes.mjs']],
  types: ['node_modules/.bin/tsc', ['-p', '.']],
  build: [process.execPath, ['scripts/build.mjs']],
  unit: vitest('unit'),
  integration: vitest('integration'),
  conformance: vitest('conformance'),
  e2e: vitest('e2e'),
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in CHECKS));
if (unknown.length > 0) {
  console.error(
    `check: unknown check ${unknown.join(', ')}; there are: ${Object.keys(CHECKS).join(', ')}`,
  );
  process.exit(2);
}

/** countsOf reads what a test run counted; a run that left no report counts as one failure. */
function countsOf(name) {
  try {
    const report = JSON.parse(readFileSync(join(reports, `${name}.json`), 'utf8'));
    return { passed: report.numPassedTests, failed: report.numFailedTests };
  } catch {
    return { passed: 0, failed: 0 };
  }
}

let passed = 0;
let failed = 0;
for (const [name, [command, args]] of Object.entries(CHECKS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`\n== ${name}`);
  const started = Date.now();
  const run = spawnSync(command, args, { stdio: 'inherit' });
  const counts = countsOf(name);
  const ok = run.status === 0;
  passed += counts.passed + (ok && counts.passed === 0 ? 1 : 0);
  failed += counts.failed + (!ok && counts.failed === 0 ? 1 : 0);
  console.log(
    `== ${name}: ${ok ? 'ok' : 'FAILED'} in ${((Date.now() - started) / 1000).toFixed(1)} s`,
  );
}
rmSync(reports, { recursive: true, force: true });
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
