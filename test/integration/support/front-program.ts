import { pathToFileURL } from 'node:url';
import { bundleProgram } from './bundle.ts';

/** buildFrontProgram bundles the program of the API's front threads, which need JavaScript. */
export async function buildFrontProgram(): Promise<URL> {
  return pathToFileURL(await bundleProgram('src/cmd/api-front.ts'));
}
