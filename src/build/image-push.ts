import { setTimeout as sleep } from 'node:timers/promises';
import { rewriteForEngine } from '../machinery/image-reference.ts';
import { BuildFailure } from './build-failure.ts';
import type { BuildSession, BuiltImage } from './build-session.ts';
import { authFor } from './registry-auth.ts';

const ATTEMPTS = 8;
const PAUSE_MS = 3000;

function splitTag(reference: string): { repository: string; tag: string } {
  const colon = reference.lastIndexOf(':');
  if (colon <= reference.lastIndexOf('/')) return { repository: reference, tag: 'latest' };
  return { repository: reference.slice(0, colon), tag: reference.slice(colon + 1) };
}

/** pushProgress tells the log how many layers are through, as OpenShift's builder does. */
function pushProgress(session: BuildSession) {
  const layers = new Map<string, boolean>();
  let told = -1;
  return ({ id, status }: { id: string | undefined; status: string }) => {
    if (id === undefined || !/^[0-9a-f]{12}$/.test(id)) return;
    const through = /^(Pushed|Layer already exists|Mounted from)/.test(status);
    layers.set(id, through || (layers.get(id) ?? false));
    const done = [...layers.values()].filter(Boolean).length;
    if (!through || done === told) return;
    told = done;
    session.log.line(
      `Pushed ${done}/${layers.size} layers, ${Math.floor((100 * done) / layers.size)}% complete`,
    );
  };
}

async function pushOnce(session: BuildSession, target: string): Promise<string> {
  const { engine, signal, pushAuths } = session;
  const auth = authFor(pushAuths, target);
  const onProgress = pushProgress(session);
  const { digest } = await engine.push(target, { signal, onProgress, ...(auth ? { auth } : {}) });
  return digest;
}

/** isRefused tells failures that trying again cannot mend. */
function isRefused(message: string): boolean {
  return /unauthorized|denied|authentication required|not found|name unknown|quota|no space left/i.test(
    message,
  );
}

async function pushPatiently(session: BuildSession, target: string): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await pushOnce(session, target);
    } catch (error) {
      session.signal.throwIfAborted();
      const message = (error as Error).message;
      if (attempt === ATTEMPTS || isRefused(message)) {
        const text = `error: failed to push image: ${message}`;
        throw new BuildFailure('PushImageToRegistryFailed', text, { cause: error });
      }
      session.log.line(`Warning: Push failed, retrying in ${PAUSE_MS / 1000}s ... (${message})`);
      await sleep(PAUSE_MS, undefined, { signal: session.signal });
    }
  }
}

/**
 * pushImage pushes what was built to the build's output and answers the manifest's digest, or
 * undefined when the build has no output. A registry that is away for a while, as while the
 * platform restarts, is waited for.
 */
export async function pushImage(
  session: BuildSession,
  built: BuiltImage,
): Promise<string | undefined> {
  const output = session.build.status?.outputDockerImageReference;
  if (!session.build.spec?.output?.to || output === undefined || output === '') return undefined;
  const candidates = rewriteForEngine(output, { ...session.settings.engineNames, mirrors: [] });
  const target = candidates[0] ?? output;
  const { repository, tag } = splitTag(target);
  await session.engine.tag(built.reference, repository, tag);
  session.log.line(`\nPushing image ${output} ...`);
  const digest = await session.stages.measure('PushImage', 'PushImage', () =>
    pushPatiently(session, target),
  );
  session.log.line(`Successfully pushed ${output.replace(/:[^:/]*$/, '')}@${digest}`);
  session.log.line('Push successful');
  return digest;
}
