import { resolve } from 'node:path';
import { build } from 'esbuild';

/** bundleProgram makes JavaScript of a program, for processes and threads that a test starts; answers its path. */
export async function bundleProgram(entryPoint: string): Promise<string> {
  const name = entryPoint.replace(/.*\/|\.ts$/g, '');
  const outfile = resolve('.cache/test', `${name}-${process.pid}.mjs`);
  await build({
    entryPoints: [entryPoint],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  });
  return outfile;
}
