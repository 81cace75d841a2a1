/** FAILURES are the reasons with which a build fails in its pod, and upstream's message for each. */
export const FAILURES = {
  FetchSourceFailed: 'Failed to fetch the input source.',
  InvalidContextDirectory: 'The supplied context directory does not exist.',
  FetchImageContentFailed: 'Failed to extract image content.',
  ManageDockerfileFailed: 'Failed to process the Dockerfile.',
  PullBuilderImageFailed: 'Failed pulling builder image.',
  FetchScriptsFailed: 'Failed to fetch specified scripts.',
  InstallScriptsFailed: 'Failed to install specified scripts.',
  AssembleFailed: 'Assemble script failed.',
  OutOfMemoryKilled: 'The build pod was killed due to an out of memory condition.',
  ContainerCommitFailed: 'Failed to commit container.',
  DockerBuildFailed: 'Docker build strategy has failed.',
  PostCommitHookFailed: 'Build failed because of post commit hook.',
  PushImageToRegistryFailed: 'Failed to push the image to the registry.',
  CancelledBuild: 'The build was cancelled by the user.',
  GenericBuildFailed: 'Generic Build failure - check logs for details.',
} as const;

/** FailureReason is what `status.reason` of a failed build says. */
export type FailureReason = keyof typeof FAILURES;

/** BuildFailure ends a build with a reason; its message goes to the build's log. */
export class BuildFailure extends Error {
  override readonly name = 'BuildFailure';
  readonly reason: FailureReason;

  constructor(reason: FailureReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** asBuildFailure answers a failure as it is, and anything else as one of the given reason. */
export function asBuildFailure(error: unknown, reason: FailureReason): BuildFailure {
  if (error instanceof BuildFailure) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new BuildFailure(reason, message, { cause: error });
}
