import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadProgram } from '../../src/cmd/load-program.ts';

// The same as `control-plane`, compiled ahead as the server is. With --warm-up it is compiled.
type Program = typeof import('../load/api-alone.ts');
const program = loadProgram<Program>(fileURLToPath(new URL('./api-alone.cjs', import.meta.url)));
const args = process.argv.slice(2);
const front = new URL('./api-front.mjs', import.meta.url);

if (args[0] === '--warm-up') {
  const directory = mkdtempSync(join(tmpdir(), 'sampan-bench-warm-up-'));
  await program.exports.runApiAlone([directory, '0', '0'], front);
  await program.keepCompiled();
  rmSync(directory, { recursive: true });
  process.exit(0);
}
await program.exports.runApiAlone(args, front);
