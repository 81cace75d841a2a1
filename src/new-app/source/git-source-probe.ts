import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { GitUrlRewrite } from '../../client/platform-config.ts';
import { NewAppError } from '../new-app-error.ts';
import { hostOf, looksRemote, splitRef } from './git-url.ts';
import type {
  LocalRepository,
  RemoteState,
  SourceContent,
  SourceLocation,
  SourceProbe,
} from './source-probe.ts';

/** GitSourceProbeOptions say where paths begin and how git URLs are rewritten. */
export interface GitSourceProbeOptions {
  readonly cwd: string;
  readonly rewrites: readonly GitUrlRewrite[];
  /** How long git may take for one question. */
  readonly timeoutMs?: number;
}

interface GitResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const AUTHENTICATION =
  /Authentication failed|could not read Username|Permission denied|terminal prompts disabled|HTTP 40[13]|error: 40[13]/i;

/** unreachableMessage names the host that did not answer, and the way out. */
export function unreachableMessage(location: SourceLocation, reason: string): string {
  const host = hostOf(location.url);
  const who = host === '' ? '' : `The git host ${JSON.stringify(host)} did not serve it. `;
  return `unable to read the git repository ${JSON.stringify(location.text)}: ${reason}

${who}To use a local copy of a repository, add a rewrite to /etc/sampan/config.yaml:

  gitRewrites:
  - from: ${location.url}
    to: /path/or/url/of/the/copy.git`;
}

class GitSourceProbe implements SourceProbe {
  private readonly options: GitSourceProbeOptions;

  constructor(options: GitSourceProbeOptions) {
    this.options = options;
  }

  private git(args: readonly string[], cwd = this.options.cwd): Promise<GitResult> {
    const { timeoutMs = 60_000, rewrites } = this.options;
    const settings = rewrites.flatMap(({ from, to }) => ['-c', `url.${to}.insteadOf=${from}`]);
    const env = {
      ...process.env,
      GIT_TERMINAL_PROMPT: '0',
      GIT_ASKPASS: 'true',
      LC_ALL: 'C',
      GIT_SSH_COMMAND: 'ssh -o BatchMode=yes -o StrictHostKeyChecking=no -o ConnectTimeout=10',
    };
    return new Promise((done) => {
      execFile(
        'git',
        ['-c', 'safe.directory=*', ...settings, ...args],
        { cwd, env, timeout: timeoutMs, maxBuffer: 1 << 26 },
        (error, stdout, stderr) => {
          const late = error?.killed ? `no answer within ${timeoutMs / 1000} seconds` : '';
          const code = error ? Number(error.code) || 128 : 0;
          const missing = error?.code === 'ENOENT' ? 'git is not installed' : '';
          done({ code, stdout, stderr: late || missing || stderr });
        },
      );
    });
  }

  async isDirectory(text: string): Promise<boolean> {
    if (looksRemote(text)) return false;
    const path = resolve(this.options.cwd, splitRef(text).url);
    return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
  }

  async locate(text: string): Promise<SourceLocation> {
    const { url, ref } = splitRef(text);
    if (looksRemote(text)) return { text, kind: 'git', url, ref };
    return { text, kind: 'directory', url: resolve(this.options.cwd, url), ref };
  }

  async checkRemote(location: SourceLocation): Promise<RemoteState> {
    const { code, stdout, stderr } = await this.git(['ls-remote', '--', location.url]);
    if (code !== 0) {
      if (AUTHENTICATION.test(stderr)) return { state: 'needs-authentication' };
      const lines = stderr.trim().split('\n');
      const line = lines.find((one) => one.startsWith('fatal:')) ?? lines[0] ?? '';
      return { state: 'unreachable', reason: line.replace(/^fatal: /, '') };
    }
    const { ref } = location;
    if (ref === '' || /^[0-9a-f]{7,40}$/.test(ref)) return { state: 'found' };
    const names = stdout.split('\n').map((line) => line.split('\t')[1] ?? '');
    const wanted = [ref, `refs/heads/${ref}`, `refs/tags/${ref}`, `refs/${ref}`];
    if (names.some((name) => wanted.includes(name))) return { state: 'found' };
    const refs = names.flatMap(
      (name) => /^refs\/(?:heads|tags)\/(.+?)(?:\^\{\})?$/.exec(name)?.[1] ?? [],
    );
    return { state: 'no-such-ref', refs: [...new Set(refs)] };
  }

  async read(location: SourceLocation, contextDir: string): Promise<SourceContent> {
    if (location.kind === 'directory') return this.list(location, location.url, contextDir);
    const scratch = await mkdtemp(join(tmpdir(), 'sampan-source-'));
    try {
      await this.clone(location, scratch);
      return await this.list(location, scratch, contextDir);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }

  private async clone(location: SourceLocation, folder: string): Promise<void> {
    const { url, ref } = location;
    const isCommit = /^[0-9a-f]{7,40}$/.test(ref);
    const branch = ref === '' || isCommit ? [] : ['--branch', ref];
    const depth = isCommit ? [] : ['--depth', '1'];
    const cloned = await this.git(['clone', '-q', ...depth, ...branch, '--', url, folder]);
    if (cloned.code !== 0)
      throw new NewAppError(unreachableMessage(location, cloned.stderr.trim()));
    if (!isCommit) return;
    const { code, stderr } = await this.git(['checkout', '-q', ref], folder);
    if (code !== 0)
      throw new NewAppError(
        `unable to checkout ref ${JSON.stringify(ref)} in ${JSON.stringify(url)} repository: ${stderr.trim()}`,
      );
  }

  private async list(
    location: SourceLocation,
    folder: string,
    contextDir: string,
  ): Promise<SourceContent> {
    const path = join(folder, contextDir);
    const entries = await readdir(path).catch((cause: unknown) => {
      throw new NewAppError(
        `supplied context directory ${JSON.stringify(contextDir)} does not exist in ${JSON.stringify(location.text)}`,
        { cause },
      );
    });
    const dockerfile = entries.includes('Dockerfile')
      ? await readFile(join(path, 'Dockerfile'), 'utf8')
      : undefined;
    return { files: entries, dockerfile };
  }

  async repositoryOf(location: SourceLocation): Promise<LocalRepository | undefined> {
    const folder = location.url;
    const prefix = await this.git(['rev-parse', '--show-prefix'], folder);
    if (prefix.code !== 0) return undefined;
    const remote = await this.git(['config', '--get', 'remote.origin.url'], folder);
    const branch = await this.git(['symbolic-ref', '-q', '--short', 'HEAD'], folder);
    return {
      remoteUrl: remote.stdout.trim(),
      branch: branch.stdout.trim(),
      prefix: prefix.stdout.trim().replace(/\/$/, ''),
    };
  }
}

/**
 * newGitSourceProbe looks at code with the system's git, without prompts; repositories are cloned
 * without history into a temporary directory that is removed again.
 */
export function newGitSourceProbe(options: GitSourceProbeOptions): SourceProbe {
  return new GitSourceProbe(options);
}
