import type { Source } from '../component.ts';
import { NewAppError } from '../new-app-error.ts';
import { detectLanguages } from './detect-language.ts';
import { unreachableMessage } from './git-source-probe.ts';
import type { SourceLocation, SourceProbe } from './source-probe.ts';

/** InspectOptions say how closely code is looked at. */
export interface InspectOptions {
  readonly contextDir: string;
  /** Read the files, to find out the language and a Dockerfile. */
  readonly detect: boolean;
  /** Is told what could not be found out. */
  warn(text: string): void;
}

async function needsAuthentication(location: SourceLocation, probe: SourceProbe): Promise<boolean> {
  const remote = await probe.checkRemote(location);
  switch (remote.state) {
    case 'found':
      return false;
    case 'needs-authentication':
      return true;
    case 'unreachable':
      throw new NewAppError(unreachableMessage(location, remote.reason));
    case 'no-such-ref':
      throw new NewAppError(
        `the repository ${JSON.stringify(location.url)} has no branch or tag ${JSON.stringify(location.ref)} (it has: ${remote.refs.slice(0, 10).join(', ') || 'none'})`,
      );
  }
}

/**
 * inspectSource looks at code as far as it is needed. Throws NewAppError when a git host does not
 * serve the repository, or the branch does not exist.
 */
export async function inspectSource(
  text: string,
  probe: SourceProbe,
  options: InspectOptions,
): Promise<Source> {
  const location = await probe.locate(text);
  const { contextDir, detect } = options;
  const isGit = location.kind === 'git';
  if (!isGit && !(await probe.isDirectory(text)))
    throw new NewAppError(`the directory ${JSON.stringify(text)} does not exist`);
  const locked = isGit && (await needsAuthentication(location, probe));
  const repository = isGit ? undefined : await probe.repositoryOf(location);
  if (!isGit) options.warn('Cannot check if git requires authentication.');
  const content = detect && !locked ? await probe.read(location, contextDir) : undefined;
  return {
    location,
    contextDir,
    repository,
    languages: content ? detectLanguages(content.files) : [],
    dockerfile: content?.dockerfile,
    needsAuthentication: locked,
  };
}
