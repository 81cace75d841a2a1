import { cp, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import type { BuildSource } from '../../apis/build.openshift.io/v1/types.ts';
import { BuildFailure } from '../build-failure.ts';
import type { BuildSession, SourceInfo } from '../build-session.ts';
import { receiveBinarySource } from './binary.ts';
import { fetchGitSource } from './git.ts';
import { copyImageSources } from './image-source.ts';

/** BuildInputs is the source of a build, on disk. */
export interface BuildInputs {
  /** The context directory. */
  readonly directory: string;
  readonly info: SourceInfo | undefined;
  /** Files of secrets that were laid into the directory, relative to it; source builds empty them. */
  readonly secretFiles: readonly string[];
}

/** below joins a path to a folder; one that leads out of it is refused. */
export function below(directory: string, path: string): string {
  const clean = normalize(path).replace(/^\/+/, '');
  if (clean === '..' || clean.startsWith('../')) {
    throw new BuildFailure('FetchSourceFailed', `"${path}" leads out of the source directory`);
  }
  return join(directory, clean);
}

async function contextOf(root: string, contextDir: string | undefined): Promise<string> {
  if (!contextDir) return root;
  const directory = below(root, contextDir);
  const info = await stat(directory).catch(() => undefined);
  if (!info?.isDirectory()) {
    const text = `the source has no directory "${contextDir}" (spec.source.contextDir)`;
    throw new BuildFailure('InvalidContextDirectory', text);
  }
  return directory;
}

/** copyMounted copies a mounted secret or config map; the `..data` links of the mount stay out. */
async function copyMounted(from: string, to: string): Promise<readonly string[]> {
  await mkdir(to, { recursive: true });
  const names = (await readdir(from)).filter((name) => !name.startsWith('..'));
  for (const name of names) {
    await cp(join(from, name), join(to, name), { recursive: true, dereference: true });
  }
  return names;
}

async function layMounts(session: BuildSession, source: BuildSource, directory: string) {
  const secretFiles: string[] = [];
  for (const { secret, destinationDir = '' } of source.secrets ?? []) {
    const from = join(session.inputSecretsDirectory, secret.name ?? '');
    const names = await copyMounted(from, below(directory, destinationDir));
    secretFiles.push(...names.map((name) => join(destinationDir, name)));
  }
  for (const { configMap, destinationDir = '' } of source.configMaps ?? []) {
    const from = join(session.inputConfigMapsDirectory, configMap.name ?? '');
    await copyMounted(from, below(directory, destinationDir));
  }
  return secretFiles;
}

async function layDockerfile(session: BuildSession, source: BuildSource, directory: string) {
  if (!source.dockerfile) return;
  const path = session.build.spec?.strategy.dockerStrategy?.dockerfilePath || 'Dockerfile';
  const file = below(directory, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, source.dockerfile);
}

/**
 * fetchInputs brings everything that a build is made from into one folder: git or the upload,
 * files of other images, an inline Dockerfile, secrets and config maps.
 */
export async function fetchInputs(session: BuildSession): Promise<BuildInputs> {
  const source = session.build.spec?.source ?? {};
  const root = join(session.workDirectory, 'inputs');
  await mkdir(root, { recursive: true });
  let info: SourceInfo | undefined;
  if (source.binary) await receiveBinarySource(session, source.binary, root);
  else if (source.git) info = await fetchGitSource(session, source.git, root);
  const directory = await contextOf(root, source.contextDir);
  await copyImageSources(session, source.images ?? [], directory);
  await layDockerfile(session, source, directory);
  return { directory, info, secretFiles: await layMounts(session, source, directory) };
}
