import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** buildFrontProgram bundles the program of the API's front threads, which need JavaScript. */
export async function buildFrontProgram(): Promise<URL> {
  const outfile = resolve('.cache/test', `api-front-${process.pid}.mjs`);
  await build({
    entryPoints: ['src/cmd/api-front.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  });
  return pathToFileURL(outfile);
}
