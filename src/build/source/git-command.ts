import { spawn } from 'node:child_process';

/** GitResult is what a git command printed and how it ended. */
export interface GitResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** True when it was given up because it printed nothing for too long. */
  readonly silent: boolean;
}

/** GitCommandOptions say how git is run. */
export interface GitCommandOptions {
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly silenceMs: number;
  readonly signal: AbortSignal;
}

/**
 * runGit runs git to its end; a failure is a code, not an error. It is killed when the signal
 * aborts (which throws) or when it prints nothing for `silenceMs`: a host that swallows packets
 * would hold it for minutes.
 */
export async function runGit(
  args: readonly string[],
  { directory, environment, silenceMs, signal }: GitCommandOptions,
): Promise<GitResult> {
  signal.throwIfAborted();
  const child = spawn('git', args, {
    cwd: directory,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  let silent = false;
  const giveUp = () => {
    silent = true;
    child.kill('SIGKILL');
  };
  let timer = setTimeout(giveUp, silenceMs);
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(giveUp, silenceMs);
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    heard();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    heard();
  });
  const cancel = () => child.kill('SIGKILL');
  signal.addEventListener('abort', cancel);
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.once('error', (cause) => reject(new Error('git could not be run', { cause })));
      child.once('close', (status) => resolve(status ?? 1));
    });
    signal.throwIfAborted();
    return { code, stdout, stderr, silent };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
  }
}
