import { mkdir } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import type { BuildSession } from '../build-session.ts';
import { pullImage } from '../image-pull.ts';
import { unpackTar } from '../source/unpack-tar.ts';
import { withContainer } from './container-run.ts';
import { type Scripts, scriptsUrlOf } from './s2i-scripts.ts';

/**
 * saveArtifacts asks the image of the previous build for what it can hand on, by its
 * `save-artifacts` script. Without a previous image, without the script or on any failure the build
 * is a clean one: undefined, and a line in the log.
 */
export async function saveArtifacts(
  session: BuildSession,
  scripts: Scripts,
  directory: string,
): Promise<string | undefined> {
  const previous = session.build.status?.outputDockerImageReference;
  if (previous === undefined || scripts.saveArtifacts === undefined) return undefined;
  try {
    const { image } = await session.stages.measure('PullImages', 'PullPreviousImage', () =>
      pullImage(session, previous, { force: true, reason: 'PullBuilderImageFailed' }),
    );
    const url = scriptsUrlOf(image.config);
    const script =
      scripts.saveArtifacts.from === 'image'
        ? scripts.saveArtifacts.path
        : `${url.replace(/^image:\/\//, '')}/save-artifacts`;
    await mkdir(directory, { recursive: true });
    const tar = new PassThrough();
    const unpacked = unpackTar(tar, directory);
    unpacked.catch(() => undefined);
    const run = {
      name: `sampan-s2i-artifacts-${session.id}`,
      config: {
        image: image.id,
        entrypoint: ['/usr/bin/env'],
        command: [script],
        user: image.config.user ?? '',
      },
      onStdout: (data: Uint8Array) => void tar.write(data),
      onStderr: (data: Uint8Array) => session.log.raw(data),
    };
    await withContainer(session, run, async ({ exitCode }) => {
      if (exitCode !== 0) throw new Error(`save-artifacts ended with code ${exitCode}`);
    });
    tar.end();
    await unpacked;
    return directory;
  } catch (error) {
    session.signal.throwIfAborted();
    session.log.line(
      `Clean build will be performed because of error saving previous build artifacts: ${(error as Error).message}`,
    );
    return undefined;
  }
}
