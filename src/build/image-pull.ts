import type { ImageInfo } from '../engine/engine.ts';
import { rewriteForEngine } from '../machinery/image-reference.ts';
import { BuildFailure, type FailureReason } from './build-failure.ts';
import type { BuildSession } from './build-session.ts';
import { authFor } from './registry-auth.ts';

/** PulledImage is an image of the engine and the reference under which it was found. */
export interface PulledImage {
  readonly reference: string;
  readonly image: ImageInfo;
}

/**
 * pullImage answers an image by its API reference, pulling it when the engine does not have it or
 * when forced; mirrors are tried in order. Throws BuildFailure with the given reason.
 */
export async function pullImage(
  session: BuildSession,
  reference: string,
  options: { readonly force: boolean; readonly reason: FailureReason },
): Promise<PulledImage> {
  const { engine, settings, log, signal, pullAuths } = session;
  const candidates = rewriteForEngine(reference, settings.engineNames);
  if (!options.force) {
    for (const candidate of candidates) {
      const image = await engine.inspectImage(candidate);
      if (image) return { reference: candidate, image };
    }
  }
  const failures: string[] = [];
  for (const candidate of candidates) {
    log.line(`Pulling image "${reference}" ...`);
    try {
      const auth = authFor(pullAuths, candidate);
      const image = await engine.pull(candidate, { signal, ...(auth ? { auth } : {}) });
      return { reference: candidate, image };
    } catch (error) {
      signal.throwIfAborted();
      failures.push(`${candidate}: ${(error as Error).message}`);
    }
  }
  const text = `the image "${reference}" could not be pulled\n${failures.join('\n')}`;
  throw new BuildFailure(options.reason, text);
}
