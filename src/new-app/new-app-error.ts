/** NewAppError is why nothing can be generated; its message is complete, suggestions included. */
export class NewAppError extends Error {
  override readonly name = 'NewAppError';
}

/** noMatch is the failure of an argument that is nothing known; `reasons` go before the explanation. */
export function noMatch(program: string, command: string, reasons: readonly string[]): NewAppError {
  const path = `${program} ${command}`;
  return new NewAppError(`${reasons.join('\n')}

The '${path}' command will match arguments to the following types:

  1. Images tagged into image streams in the current project or the 'openshift' project
     - if you don't specify a tag, we'll add ':latest'
  2. Images in the container storage, on remote registries, or on the local container engine
  3. Templates in the current project or the 'openshift' project
  4. Git repository URLs or local paths that point to Git repositories

--allow-missing-images can be used to point to an image that does not exist yet.

See '${path} -h' for examples.`);
}
