import type { KubeObject } from '../../machinery/object.ts';
import type { Invocation } from '../command.ts';
import { type Manifest, readManifests } from '../resources/manifests.ts';
import { newReport, throwAll, withSource } from './report.ts';

/** ManifestWords are what a command says of an object: while it writes it, and afterwards. */
export interface ManifestWords {
  readonly doing: string;
  readonly done: string;
}

/**
 * writeManifests writes every object of the files that the flags name, and reports each. What goes
 * wrong with one does not hold up the others, and is thrown at the end.
 */
export async function writeManifests(
  invocation: Invocation,
  { doing, done }: ManifestWords,
  write: (manifest: Manifest) => Promise<KubeObject>,
): Promise<void> {
  const { flags, io } = invocation;
  const report = await newReport(invocation);
  const errors: unknown[] = [];
  const files = flags.list('filename');
  for (const manifest of await readManifests(files, io, flags.bool('recursive')))
    try {
      report(await write(manifest), done);
    } catch (error) {
      errors.push(withSource(error, doing, manifest.source));
    }
  throwAll(errors);
}
