import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import type { Engine } from '../../engine/engine.ts';
import { LABELS } from '../labels.ts';
import { pauseProgram } from './pause-program.ts';

/**
 * ensurePauseImage answers the id of the sandbox image of an instance, making it where the engine
 * has it not. The image is labelled as the instance's, so that purging finds it.
 */
export async function ensurePauseImage(engine: Engine, owner: string): Promise<string> {
  const { architecture } = await engine.info();
  const program = pauseProgram(architecture);
  const version = createHash('sha256').update(program).digest('hex').slice(0, 12);
  const reference = `sampan.local/${owner}/pause:${version}`;
  const present = await engine.inspectImage(reference);
  if (present !== undefined) return present.id;
  const tar = pack();
  tar.entry({ name: 'pause', mode: 0o555 }, program);
  tar.finalize();
  return engine.importImage(reference, Readable.from(tar), [
    'ENTRYPOINT ["/pause"]',
    `LABEL ${LABELS.owner}=${owner}`,
  ]);
}
