// Checks the import rules of rooms.json, and first that the check itself works: it must find the
// violations of the bad fixture and see at least as many modules as expected.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const { minimumModules } = JSON.parse(readFileSync('rooms.json', 'utf8'));

function cruise(root) {
  const run = spawnSync(
    'node_modules/.bin/depcruise',
    ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', root],
    { encoding: 'utf8', maxBuffer: 1 << 28, env: { ...process.env, SAMPAN_ROOMS_ROOT: root } },
  );
  if (!run.stdout) throw new Error(`depcruise printed nothing: ${run.stderr}`);
  return JSON.parse(run.stdout).summary;
}

const EXPECTED = [
  'room-machinery',
  'room-storage',
  'no-cycles',
  'machinery-without-node',
  'no-unknown-room',
];
const proof = cruise('test/fixtures/bad-rooms');
const found = new Set(proof.violations.map((one) => one.rule.name));
const missed = EXPECTED.filter((rule) => !found.has(rule));
if (missed.length > 0) {
  console.error(
    `rooms: the check is blind: it missed ${missed.join(', ')} in test/fixtures/bad-rooms`,
  );
  process.exit(1);
}

const summary = cruise('src');
if (summary.totalCruised < minimumModules) {
  console.error(`rooms: saw ${summary.totalCruised} modules, expected at least ${minimumModules}`);
  process.exit(1);
}
for (const { rule, from, to } of summary.violations)
  console.error(`rooms: ${rule.name}: ${from} -> ${to}`);
if (summary.violations.length > 0) process.exit(1);
console.log(`rooms: ${summary.totalCruised} modules, no violations`);
