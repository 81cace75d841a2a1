// Keeps files small: a warning over 400 lines, an error over 600. Generated types and data are exempt.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const files = execFileSync(
  'git',
  ['ls-files', '-co', '--exclude-standard', 'src', 'scripts', 'bench', 'test'],
  { encoding: 'utf8' },
)
  .split('\n')
  .filter(
    (file) =>
      /\.(ts|tsx|mjs)$/.test(file) && !/(^|\/)types\.ts$|meta\/v1\.ts$|\.data\.ts$/.test(file),
  );
let errors = 0;
for (const file of files) {
  let lines;
  try {
    lines = readFileSync(file, 'utf8').split('\n').length - 1;
  } catch {
    continue;
  }
  if (lines > 600) {
    errors += 1;
    console.error(`sizes: ${file}: ${lines} lines (at most 600)`);
  } else if (lines > 400) console.log(`sizes: warning: ${file}: ${lines} lines, wants to be two`);
}
if (errors > 0) process.exit(1);
console.log(`sizes: ${files.length} files`);
