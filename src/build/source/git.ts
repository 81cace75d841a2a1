import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { GitBuildSource } from '../../apis/build.openshift.io/v1/types.ts';
import { BuildFailure } from '../build-failure.ts';
import type { BuildSession, SourceInfo } from '../build-session.ts';
import { type GitCommandOptions, type GitResult, runGit } from './git-command.ts';
import { gitEnvironment, rewriteGitUrl } from './git-config.ts';
import { explainFetch } from './git-failure.ts';

const SILENCE_SECONDS = 60;
const WHOLE_COMMIT = /^[0-9a-f]{40}$/;
const SOME_COMMIT = /^[0-9a-f]{7,40}$/;
// Servers without shallow or by-commit fetches say so in these words.
const NEEDS_WHOLE_HISTORY =
  /dumb http|shallow|not our ref|unadvertised object|couldn't find remote ref/i;

interface Fetch {
  readonly session: BuildSession;
  readonly git: GitBuildSource;
  readonly options: GitCommandOptions;
}

async function must(args: readonly string[], options: GitCommandOptions): Promise<string> {
  const result = await runGit(args, options);
  if (result.code !== 0) {
    throw new BuildFailure(
      'FetchSourceFailed',
      `git ${args[0]} failed: ${result.stderr.trim() || `code ${result.code}`}`,
    );
  }
  return result.stdout.trim();
}

function fetchOnce(what: readonly string[], { options }: Fetch): Promise<GitResult> {
  return runGit(['fetch', '--progress', '--no-tags', ...what], options);
}

/** fetchHistory gets everything and looks for the wanted commit, branch or tag in it. */
async function fetchHistory(wanted: string, fetch: Fetch): Promise<GitResult> {
  const { options } = fetch;
  const all = ['+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*'];
  const fetched = await fetchOnce(['origin', ...all], fetch);
  if (fetched.code !== 0) return fetched;
  for (const candidate of [`refs/remotes/origin/${wanted}`, `refs/tags/${wanted}`, wanted]) {
    const found = await runGit(
      ['rev-parse', '--verify', '--quiet', '--end-of-options', `${candidate}^{commit}`],
      options,
    );
    if (found.code === 0) {
      return runGit(['update-ref', 'refs/sampan/wanted', found.stdout.trim()], options);
    }
  }
  return {
    code: 1,
    stdout: '',
    stderr: `fatal: couldn't find remote ref ${wanted}`,
    silent: false,
  };
}

async function fetchWanted(wanted: string, fetch: Fetch): Promise<GitResult> {
  const shallow = await fetchOnce(
    ['--depth=1', 'origin', `+${wanted === '' ? 'HEAD' : wanted}:refs/sampan/wanted`],
    fetch,
  );
  if (shallow.code === 0 || shallow.silent) return shallow;
  if (!NEEDS_WHOLE_HISTORY.test(shallow.stderr)) return shallow;
  if (wanted === '') {
    return fetchOnce(['origin', '+HEAD:refs/sampan/wanted'], fetch);
  }
  // A branch that does not exist needs no second look; a short commit or an odd server does.
  const oddServer = /dumb http|shallow/i.test(shallow.stderr);
  if (!oddServer && !SOME_COMMIT.test(wanted)) return shallow;
  return fetchHistory(wanted, fetch);
}

async function sourceInfo({ git, options, session }: Fetch): Promise<SourceInfo> {
  const format = ['%H', '%an', '%ae', '%cn', '%ce', '%ad', '%s', '%b'].join('%x00');
  const text = await must(['log', '-1', `--format=${format}`], options);
  const [commit, authorName, authorEmail, committerName, committerEmail, date, subject] =
    text.split('\0');
  const contextDir = session.build.spec?.source?.contextDir;
  return {
    location: git.uri,
    ref: git.ref || 'master',
    commit: commit ?? '',
    authorName: authorName ?? '',
    authorEmail: authorEmail ?? '',
    committerName: committerName ?? '',
    committerEmail: committerEmail ?? '',
    date: date ?? '',
    message: subject ?? '',
    ...(contextDir ? { contextDir } : {}),
  };
}

function announce(info: SourceInfo, session: BuildSession): void {
  session.log.line(`\tCommit:\t${info.commit} (${info.message})`);
  session.log.line(`\tAuthor:\t${info.authorName} <${info.authorEmail}>`);
  session.log.line(`\tDate:\t${info.date}`);
}

async function begin(session: BuildSession, git: GitBuildSource, target: string): Promise<Fetch> {
  const scratchDirectory = join(session.workDirectory, 'git');
  await mkdir(scratchDirectory, { recursive: true, mode: 0o700 });
  await mkdir(target, { recursive: true });
  const { httpProxy, httpsProxy, noProxy } = git;
  const environment = await gitEnvironment({
    uri: git.uri,
    settings: session.settings,
    secretDirectory: session.sourceSecretDirectory,
    scratchDirectory,
    httpProxy,
    httpsProxy,
    noProxy,
  });
  const silenceMs = (session.settings.gitSilenceSeconds ?? SILENCE_SECONDS) * 1000;
  const options = { directory: target, environment, silenceMs, signal: session.signal };
  return { session, git, options };
}

/**
 * fetchGitSource clones the build's repository into `target`, as little of it as the server lets:
 * one commit of the ref, or of `spec.revision` where the build pins one. Submodules come along.
 * Throws BuildFailure FetchSourceFailed that names the host, the ref or the missing secret.
 */
export async function fetchGitSource(
  session: BuildSession,
  git: GitBuildSource,
  target: string,
): Promise<SourceInfo> {
  session.log.line(`Cloning "${git.uri}" ...`);
  const asked = rewriteGitUrl(git.uri, session.settings.gitRewrites);
  if (asked !== git.uri) session.log.line(`\tusing the copy at "${asked}"`);
  const fetch = await begin(session, git, target);
  await must(['init', '--quiet'], fetch.options);
  await must(['remote', 'add', '--', 'origin', git.uri], fetch.options);
  const pinned = session.build.spec?.revision?.git?.commit ?? '';
  const wanted = WHOLE_COMMIT.test(pinned) ? pinned : (git.ref ?? '');
  if (wanted.startsWith('-')) {
    throw new BuildFailure('FetchSourceFailed', `"${wanted}" is not a git reference`);
  }
  const result = await fetchWanted(wanted, fetch);
  if (result.code !== 0) throw explainFetch({ uri: git.uri, asked, ref: wanted, result });
  await must(['checkout', '--quiet', '--detach', 'refs/sampan/wanted'], fetch.options);
  if (await stat(join(target, '.gitmodules')).catch(() => undefined)) {
    await must(['submodule', 'update', '--init', '--recursive', '--depth=1'], fetch.options);
  }
  const info = await sourceInfo(fetch);
  announce(info, session);
  return info;
}
