import { readFileSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

/** escapeLetters leaves a file that is ASCII: one letter beyond it would double the memory of the rest. */
function escapeLetters(file) {
  const escaped = (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(/[\u0080-\uffff]/g, escaped));
}

/** bundleServer bundles a program into one CommonJS file, of which compiled code can be kept. */
export async function bundleServer(entry, outfile) {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // The source stays in memory. Lines of some length are left: stacks say where they are from.
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 200,
    legalComments: 'none',
    logLevel: 'warning',
    external: ['lmdb'],
    define: { 'import.meta.url': '__url' },
    banner: { js: "const __url = require('node:url').pathToFileURL(__filename).href;" },
  });
  escapeLetters(outfile);
}
