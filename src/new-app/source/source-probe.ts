/** SourceLocation is where code is: a git URL with a ref, or a directory. */
export interface SourceLocation {
  /** What the user wrote. */
  readonly text: string;
  readonly kind: 'git' | 'directory';
  /** The git URL without its fragment, or the directory's absolute path. */
  readonly url: string;
  /** The branch, tag or commit after `#`; empty for the default branch. */
  readonly ref: string;
}

/** SourceContent is what was found in a repository or directory. */
export interface SourceContent {
  /** Names in the context directory, such as `Gemfile` and `Dockerfile`. */
  readonly files: readonly string[];
  /** The text of `Dockerfile`, where there is one. */
  readonly dockerfile: string | undefined;
}

/** LocalRepository is what git knows about a directory. */
export interface LocalRepository {
  /** The URL of the remote `origin`; empty when there is none. */
  readonly remoteUrl: string;
  /** The branch that is checked out. */
  readonly branch: string;
  /** The directory's path below the top of the work tree; empty at the top. */
  readonly prefix: string;
}

/** RemoteState is the answer of a git host. */
export type RemoteState =
  | { readonly state: 'found' }
  | { readonly state: 'needs-authentication' }
  | { readonly state: 'no-such-ref'; readonly refs: readonly string[] }
  | { readonly state: 'unreachable'; readonly reason: string };

/**
 * SourceProbe looks at code without knowing what for. The command line probes with git; the console
 * will ask the server.
 */
export interface SourceProbe {
  /** isDirectory tells whether a text names a directory here. */
  isDirectory(text: string): Promise<boolean>;
  /** locate reads a text as a directory or git URL; the URL's fragment becomes the ref. */
  locate(text: string): Promise<SourceLocation>;
  /** checkRemote asks the git host for the repository and the ref. */
  checkRemote(location: SourceLocation): Promise<RemoteState>;
  /** read lists a directory or the context directory of a repository. Throws NewAppError. */
  read(location: SourceLocation, contextDir: string): Promise<SourceContent>;
  /** repositoryOf answers what git knows about a directory; undefined when it is no work tree. */
  repositoryOf(location: SourceLocation): Promise<LocalRepository | undefined>;
}
