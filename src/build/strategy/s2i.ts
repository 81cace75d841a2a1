import { join, posix } from 'node:path';
import type { ImageConfig } from '../../engine/engine.ts';
import { asBuildFailure, BuildFailure } from '../build-failure.ts';
import { type BuildSession, type BuiltImage, temporaryReference } from '../build-session.ts';
import { pullImage } from '../image-pull.ts';
import type { BuildInputs } from '../source/inputs.ts';
import { buildOnlyEnvironment, withPreamble } from './build-only-environment.ts';
import { buildLabels, buildVariables, plainVariables, sourceLabels } from './build-variables.ts';
import { type ContainerRun, type RunResult, withContainer } from './container-run.ts';
import { ignoreFile } from './ignore-file.ts';
import { saveArtifacts } from './s2i-artifacts.ts';
import { findScripts, readEnvironmentFile, type Script, type Scripts } from './s2i-scripts.ts';
import { filesTar, sourceTar, type TarSource } from './source-tar.ts';

const PACKAGE_CACHE = '/mnt';

/** Assembly is everything that is known before the assemble script runs. */
interface Assembly {
  readonly session: BuildSession;
  readonly inputs: BuildInputs;
  readonly builder: ImageConfig;
  readonly builderId: string;
  readonly scripts: Scripts;
  readonly env: readonly string[];
  readonly destination: string;
  readonly user: string;
  readonly artifactsDirectory: string | undefined;
}

/** destinationOf answers where an image wants source and scripts to be unpacked. */
function destinationOf({ labels = {}, env = [] }: ImageConfig): string {
  const label = labels['io.openshift.s2i.destination'] ?? labels['io.s2i.destination'];
  if (label) return label;
  return (
    env.find((one) => one.startsWith('STI_LOCATION='))?.slice('STI_LOCATION='.length) ?? '/tmp'
  );
}

function pathOf(script: Script, name: string, destination: string): string {
  return script.from === 'image' ? script.path : posix.join(destination, 'scripts', name);
}

async function uploads(assembly: Assembly): Promise<readonly TarSource[]> {
  const { inputs, scripts, artifactsDirectory } = assembly;
  const ignored = await ignoreFile(inputs.directory, '.s2iignore');
  const sources: TarSource[] = [
    {
      path: inputs.directory,
      as: 'src',
      leaveOut: (path) => /(^|\/)\.git(\/|$)/.test(path) || ignored(path),
    },
  ];
  if (scripts.uploadDirectory) {
    sources.push({ path: scripts.uploadDirectory, as: 'scripts', mode: 0o755 });
  }
  if (artifactsDirectory) sources.push({ path: artifactsDirectory, as: 'artifacts' });
  return sources;
}

function buildOnlyVariables({ settings }: BuildSession): Record<string, string> {
  if (settings.packageCache === undefined) return { ...settings.buildEnvironment };
  return {
    npm_config_cache: `${PACKAGE_CACHE}/npm`,
    PIP_CACHE_DIR: `${PACKAGE_CACHE}/pip`,
    ...settings.buildEnvironment,
  };
}

async function assembleRun(assembly: Assembly): Promise<ContainerRun> {
  const { session, scripts, destination, env, user, builderId } = assembly;
  const preamble = await buildOnlyEnvironment(session, buildOnlyVariables(session));
  const script = pathOf(scripts.assemble, 'assemble', destination);
  const command = `${preamble.command}tar -C ${destination} -xf - && ${script}`;
  const cache = session.settings.packageCache;
  const write = (data: Uint8Array) => session.log.raw(data);
  return {
    name: `sampan-s2i-${session.id}`,
    config: {
      image: builderId,
      entrypoint: ['/usr/bin/env'],
      command: ['/bin/sh', '-c', command],
      env,
      user,
      ...(cache ? { binds: [`${cache.hostPath}:${PACKAGE_CACHE}`] } : {}),
    },
    stdin: withPreamble(preamble, sourceTar(await uploads(assembly))),
    onStdout: write,
    onStderr: write,
  };
}

function failedAssemble({ exitCode, oomKilled }: RunResult): BuildFailure {
  if (oomKilled) {
    const text =
      'the assemble script was killed: it needed more memory than spec.resources.limits allows';
    return new BuildFailure('OutOfMemoryKilled', text);
  }
  const hint =
    exitCode === 127 ? ' (a command, perhaps tar or the script itself, was not found)' : '';
  return new BuildFailure(
    'AssembleFailed',
    `the assemble script ended with code ${exitCode}${hint}`,
  );
}

function imageConfig(assembly: Assembly): ImageConfig {
  const { session, inputs, builder, env, scripts, destination } = assembly;
  const { build } = session;
  return {
    env,
    entrypoint: builder.entrypoint ?? [],
    command: [pathOf(scripts.run, 'run', destination)],
    user: builder.user ?? '',
    workingDir: builder.workingDir ?? '',
    labels: {
      ...builder.labels,
      'io.k8s.display-name': build.spec?.output?.to?.name ?? build.metadata.name ?? '',
      ...sourceLabels('io.openshift.s2i.', inputs.info),
      'io.openshift.s2i.build.image': build.spec?.strategy.sourceStrategy?.from.name ?? '',
      ...buildLabels(session, inputs.info),
    },
  };
}

/** emptySecrets truncates what secrets left in the working directory, as S2I does. */
async function emptySecrets({ session, inputs, builder }: Assembly, container: string) {
  if (inputs.secretFiles.length === 0) return;
  const files = inputs.secretFiles.map((name) => ({ name, content: '' }));
  const directory = builder.workingDir || '/';
  await session.engine.putArchive(container, directory, filesTar(files));
}

async function commit(assembly: Assembly, container: string): Promise<BuiltImage> {
  const { session } = assembly;
  await emptySecrets(assembly, container);
  const { repository, tag } = temporaryReference(session);
  const reference = `${repository}:${tag}`;
  try {
    const config = imageConfig(assembly);
    const id = await session.engine.commit(container, { repository, tag, config });
    const image = await session.engine.inspectImage(id);
    if (image === undefined) throw new Error(`the engine lost the image ${id}`);
    return { reference, image };
  } catch (error) {
    throw asBuildFailure(error, 'ContainerCommitFailed');
  }
}

async function assembleAndCommit(assembly: Assembly): Promise<BuiltImage> {
  const { session } = assembly;
  const run = await assembleRun(assembly);
  // The container has to live until it is committed, so the stages are told apart by hand.
  let assembled: (() => void) | undefined;
  const stage = session.stages.measure(
    'Assemble',
    'AssembleBuildScripts',
    () => new Promise<void>((resolve) => (assembled = resolve)),
  );
  try {
    return await withContainer(session, run, async (result) => {
      assembled?.();
      await stage;
      if (result.exitCode !== 0) throw failedAssemble(result);
      return session.stages.measure('CommitContainer', 'CommitContainer', () =>
        commit(assembly, result.container),
      );
    });
  } finally {
    assembled?.();
    await stage;
  }
}

/**
 * buildFromSource turns source into an image by the S2I contract, driving the engine by hand: a
 * container of the builder image unpacks the source from its standard input, runs `assemble` and is
 * committed with `run` as its command. User, entrypoint, environment and labels are as the s2i
 * program leaves them. Throws BuildFailure.
 */
export async function buildFromSource(
  session: BuildSession,
  inputs: BuildInputs,
): Promise<BuiltImage> {
  const strategy = session.build.spec?.strategy.sourceStrategy;
  if (strategy === undefined) throw new Error('the build has no source strategy');
  const { image } = await session.stages.measure('PullImages', 'PullBaseImage', () =>
    pullImage(session, strategy.from.name ?? '', {
      force: strategy.forcePull ?? false,
      reason: 'PullBuilderImageFailed',
    }),
  );
  const builder = image.config;
  const scripts = await findScripts(session, inputs.directory, builder);
  const variables = [
    ...(await readEnvironmentFile(inputs.directory)),
    ...buildVariables(session, inputs.info),
    ...plainVariables(strategy.env),
  ];
  const byName = new Map(variables.map(({ name, value }) => [name, `${name}=${value}`]));
  const user = builder.labels?.['io.openshift.s2i.assemble-user'] || builder.user || '';
  const artifactsDirectory = strategy.incremental
    ? await saveArtifacts(session, scripts, join(session.workDirectory, 'artifacts'))
    : undefined;
  return assembleAndCommit({
    session,
    inputs,
    builder,
    builderId: image.id,
    scripts,
    env: [...byName.values()],
    destination: destinationOf(builder),
    user,
    artifactsDirectory,
  });
}
