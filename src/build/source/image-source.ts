import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { basename, join, normalize } from 'node:path';
import type { ImageSource } from '../../apis/build.openshift.io/v1/types.ts';
import { BuildFailure } from '../build-failure.ts';
import type { BuildSession } from '../build-session.ts';
import { pullImage } from '../image-pull.ts';
import { unpackTar } from './unpack-tar.ts';

async function copyPath(
  session: BuildSession,
  container: string,
  path: { sourcePath: string; destinationDir: string },
  directory: string,
): Promise<void> {
  const clean = normalize(path.destinationDir).replace(/^\/+/, '');
  if (clean.startsWith('..')) {
    const text = `the destination "${path.destinationDir}" leads out of the source directory`;
    throw new BuildFailure('FetchImageContentFailed', text);
  }
  const target = join(directory, clean);
  const scratch = join(session.workDirectory, 'image-content');
  await rm(scratch, { recursive: true, force: true });
  const contents = /\/\.$/.test(path.sourcePath);
  const name = basename(path.sourcePath.replace(/\/\.$/, ''));
  const tar = await session.engine.getArchive(container, path.sourcePath.replace(/\/\.$/, ''));
  await unpackTar(tar, scratch);
  await mkdir(target, { recursive: true });
  if (contents) await cp(join(scratch, name), target, { recursive: true, verbatimSymlinks: true });
  else await rename(join(scratch, name), join(target, name));
}

/** copyImageSources copies the paths of `spec.source.images` out of images into the source. */
export async function copyImageSources(
  session: BuildSession,
  sources: readonly ImageSource[],
  directory: string,
): Promise<void> {
  for (const { from, paths = [] } of sources) {
    if (paths.length === 0) continue;
    const { image } = await session.stages.measure('PullImages', 'PullInputImage', () =>
      pullImage(session, from.name ?? '', { force: false, reason: 'FetchImageContentFailed' }),
    );
    const name = `sampan-image-source-${session.id}`;
    const container = await session.engine.createContainer(name, {
      image: image.id,
      entrypoint: ['/bin/true'],
      networkMode: 'none',
    });
    try {
      for (const path of paths) await copyPath(session, container, path, directory);
    } catch (error) {
      if (error instanceof BuildFailure) throw error;
      const text = `files of the image "${from.name}" could not be copied: ${(error as Error).message}`;
      throw new BuildFailure('FetchImageContentFailed', text, { cause: error });
    } finally {
      await session.engine.removeContainer(container);
    }
  }
}
