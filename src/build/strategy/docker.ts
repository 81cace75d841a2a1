import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { BuildOptions } from '../../engine/engine.ts';
import { asBuildFailure, BuildFailure } from '../build-failure.ts';
import { type BuildSession, type BuiltImage, temporaryReference } from '../build-session.ts';
import { pullImage } from '../image-pull.ts';
import { type BuildInputs, below } from '../source/inputs.ts';
import { buildLabels, buildVariables, plainVariables } from './build-variables.ts';
import { extendDockerfile, readFroms, replaceFroms } from './dockerfile.ts';
import { ignoreFile } from './ignore-file.ts';
import { shareNameResolution } from './name-resolution.ts';
import { sourceTar } from './source-tar.ts';

const DOCKERFILE = '.sampan-dockerfile';

async function readDockerfile(directory: string, path: string): Promise<string> {
  const file = below(directory, path);
  if (!(await stat(file).catch(() => undefined))?.isFile()) {
    const text = `the source has no file "${path}" (spec.strategy.dockerStrategy.dockerfilePath)`;
    throw new BuildFailure('ManageDockerfileFailed', text);
  }
  return readFile(file, 'utf8');
}

/**
 * engineFroms answers for each FROM the reference that the engine has: images are fetched before the
 * build, through mirrors and with the build's credentials.
 */
async function engineFroms(
  session: BuildSession,
  text: string,
): Promise<readonly (string | undefined)[]> {
  const strategy = session.build.spec?.strategy.dockerStrategy;
  const froms = readFroms(text);
  const stages = new Set<string>();
  const images: (string | undefined)[] = [];
  for (const [index, from] of froms.entries()) {
    const last = index === froms.length - 1;
    const wanted = last && strategy?.from?.name ? strategy.from.name : from.image;
    const known = wanted === 'scratch' || wanted.includes('$') || stages.has(wanted.toLowerCase());
    if (from.stage) stages.add(from.stage.toLowerCase());
    if (known) {
      images.push(wanted === from.image ? undefined : wanted);
      continue;
    }
    const force = strategy?.forcePull ?? false;
    const pulled = await pullImage(session, wanted, { force, reason: 'PullBuilderImageFailed' });
    images.push(pulled.reference);
  }
  return images;
}

async function prepareDockerfile(session: BuildSession, inputs: BuildInputs): Promise<string> {
  const strategy = session.build.spec?.strategy.dockerStrategy;
  const text = await readDockerfile(inputs.directory, strategy?.dockerfilePath || 'Dockerfile');
  if (readFroms(text).length === 0) {
    throw new BuildFailure('ManageDockerfileFailed', 'the Dockerfile has no FROM instruction');
  }
  const images = await session.stages.measure('PullImages', 'PullBaseImage', () =>
    engineFroms(session, text),
  );
  const pairs = (list: readonly { name: string; value: string }[]) =>
    list.map(({ name, value }) => [name, value] as const);
  return extendDockerfile(replaceFroms(text, images), {
    afterFrom: pairs(plainVariables(strategy?.env)),
    env: pairs(buildVariables(session, inputs.info)),
    labels: Object.entries(buildLabels(session, inputs.info)),
  });
}

async function contextTar(directory: string, dockerfile: string): Promise<Readable> {
  const ignored = await ignoreFile(directory, '.dockerignore');
  return sourceTar([
    { path: directory, as: '', leaveOut: ignored },
    { path: dockerfile, as: DOCKERFILE },
  ]);
}

/**
 * buildFromDockerfile runs the Docker strategy on the engine: the repository's Dockerfile (or the
 * inline one) with the last FROM replaced where the build says so, variables and labels added.
 * Throws BuildFailure.
 */
export async function buildFromDockerfile(
  session: BuildSession,
  inputs: BuildInputs,
): Promise<BuiltImage> {
  const { engine, caps, settings, signal, log } = session;
  const strategy = session.build.spec?.strategy.dockerStrategy;
  const text = await prepareDockerfile(session, inputs);
  const file = join(session.workDirectory, 'Dockerfile.build');
  await writeFile(file, text);
  const { repository, tag } = temporaryReference(session);
  const reference = `${repository}:${tag}`;
  const declared = plainVariables(strategy?.buildArgs).map(({ name, value }) => [name, value]);
  const options: BuildOptions = {
    dockerfile: DOCKERFILE,
    tags: [reference],
    // Predefined arguments such as HTTP_PROXY need no ARG; others are ignored where none asks.
    buildArgs: { ...settings.buildEnvironment, ...Object.fromEntries(declared) },
    noCache: strategy?.noCache ?? false,
    networkMode: session.networkMode,
    ...caps,
    auths: Object.fromEntries(
      [...session.pullAuths].map(([host, { username, password }]) => [
        host,
        { username, password },
      ]),
    ),
    onOutput: (output) => log.raw(output),
    signal,
  };
  try {
    await shareNameResolution(session);
    const context = await contextTar(inputs.directory, file);
    const id = await session.stages.measure('Build', 'DockerBuild', () =>
      engine.build(context, options),
    );
    const image = await engine.inspectImage(id);
    if (image === undefined) throw new Error(`the engine lost the image ${id}`);
    return { reference, image };
  } catch (error) {
    signal.throwIfAborted();
    throw asBuildFailure(error, 'DockerBuildFailed');
  }
}
