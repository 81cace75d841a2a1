import type { BuildPostCommitSpec } from '../apis/build.openshift.io/v1/types.ts';
import { BuildFailure } from './build-failure.ts';
import type { BuildSession, BuiltImage } from './build-session.ts';
import { withContainer } from './strategy/container-run.ts';

/** hookCommand answers entrypoint and arguments of a hook as BuildPostCommitSpec documents its five forms. */
function hookCommand({ script, command = [], args = [] }: BuildPostCommitSpec): {
  readonly entrypoint?: readonly string[];
  readonly command: readonly string[];
} {
  if (script) return { entrypoint: ['/bin/sh', '-ic'], command: [script, '/bin/sh', ...args] };
  if (command.length > 0) return { entrypoint: command, command: args };
  return { command: args };
}

/** runPostCommitHook runs the hook of `spec.postCommit` in the new image, before it is pushed. */
export async function runPostCommitHook(session: BuildSession, built: BuiltImage): Promise<void> {
  const hook = session.build.spec?.postCommit;
  if (!hook || !(hook.script || hook.command?.length || hook.args?.length)) return;
  session.log.line('Running post commit hook ...');
  const write = (data: Uint8Array) => session.log.raw(data);
  const run = {
    name: `sampan-post-commit-${session.id}`,
    config: { image: built.image.id, ...hookCommand(hook) },
    onStdout: write,
    onStderr: write,
  };
  await session.stages.measure('PostCommit', 'RunPostCommitHook', () =>
    withContainer(session, run, async ({ exitCode }) => {
      if (exitCode === 0) return;
      throw new BuildFailure('PostCommitHookFailed', `the hook ended with code ${exitCode}`);
    }),
  );
}
