import { asBuildFailure, BuildFailure, FAILURES } from './build-failure.ts';
import type { BuildSession, BuiltImage, SourceInfo } from './build-session.ts';
import { pushImage } from './image-push.ts';
import { runPostCommitHook } from './post-commit.ts';
import { type BuildInputs, fetchInputs } from './source/inputs.ts';
import { buildFromDockerfile } from './strategy/docker.ts';
import { buildFromSource } from './strategy/s2i.ts';

function revisionOf(info: SourceInfo) {
  const { commit = '', message = '' } = info;
  return {
    type: 'Git',
    git: {
      commit,
      message,
      author: { name: info.authorName ?? '', email: info.authorEmail ?? '' },
      committer: { name: info.committerName ?? '', email: info.committerEmail ?? '' },
    },
  };
}

async function inputsOf(session: BuildSession): Promise<BuildInputs> {
  const work = async () => {
    try {
      return await fetchInputs(session);
    } catch (error) {
      session.signal.throwIfAborted();
      throw asBuildFailure(error, 'FetchSourceFailed');
    }
  };
  const inputs = await session.stages.measure('FetchInputs', 'FetchGitSource', work);
  if (inputs.info) await session.report({ revision: revisionOf(inputs.info) });
  return inputs;
}

function strategyOf(session: BuildSession): (inputs: BuildInputs) => Promise<BuiltImage> {
  const strategy = session.build.spec?.strategy ?? {};
  if (strategy.sourceStrategy) return (inputs) => buildFromSource(session, inputs);
  if (strategy.dockerStrategy) return (inputs) => buildFromDockerfile(session, inputs);
  throw new BuildFailure(
    'GenericBuildFailed',
    'the build has neither a source nor a docker strategy',
  );
}

async function buildAndPush(session: BuildSession): Promise<void> {
  const build = strategyOf(session);
  const inputs = await inputsOf(session);
  const built = await build(inputs);
  try {
    await runPostCommitHook(session, built);
    const imageDigest = await pushImage(session, built);
    await session.report(imageDigest === undefined ? {} : { imageDigest });
    if (imageDigest === undefined) session.log.line('Build complete, no image push requested');
  } finally {
    await session.engine.removeImage(built.reference).catch(() => undefined);
  }
}

async function reportFailure(session: BuildSession, error: unknown): Promise<void> {
  const failure = session.signal.aborted
    ? new BuildFailure('CancelledBuild', 'the build was cancelled', { cause: error })
    : asBuildFailure(error, 'GenericBuildFailed');
  for (const line of failure.message.split('\n'))
    session.log.line(`error: ${line.replace(/^error: /, '')}`);
  // The controller has said why a cancelled build ended.
  if (session.signal.aborted) return;
  await session.report({
    reason: failure.reason,
    message: FAILURES[failure.reason],
    logSnippet: session.log.snippet(),
  });
}

/**
 * runBuild does a whole build: source, strategy, post-commit hook, push. It reports as it goes and
 * answers the exit code of the build pod; it throws only when reporting itself fails.
 */
export async function runBuild(session: BuildSession): Promise<number> {
  try {
    await buildAndPush(session);
    return 0;
  } catch (error) {
    await reportFailure(session, error);
    return 1;
  }
}
