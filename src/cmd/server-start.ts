import { fileURLToPath } from 'node:url';
import { loadProgram } from './load-program.ts';

const file = fileURLToPath(new URL('./server.cjs', import.meta.url));
const server = loadProgram<typeof import('./server.ts')>(file);
const [first] = process.argv.slice(2);

if (first === '--warm-up') {
  await server.exports.warmUp();
  await server.keepCompiled();
} else {
  await server.exports.run(process.argv.slice(2));
}
