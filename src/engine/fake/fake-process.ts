import type { LogChunk } from '../engine.ts';

/** FakeProcess is what a program of the fake engine sees of the world. */
export interface FakeProcess {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: AsyncIterable<Uint8Array>;
  /** The container's file system: contents by absolute path. */
  readonly files: Map<string, Uint8Array>;
  write(stream: LogChunk['stream'], text: string): void;
  /** signal aborts when the process is told to end; `reason` is the signal's name. */
  readonly signal: AbortSignal;
}

/** FakeProgram runs until its exit code is known. It should end soon after `signal` aborts. */
export type FakeProgram = (process: FakeProcess) => Promise<number>;

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

async function cat(process: FakeProcess, path: string | undefined): Promise<number> {
  if (path === undefined) {
    for await (const chunk of process.stdin)
      process.write('stdout', Buffer.from(chunk).toString('utf8'));
    return 0;
  }
  const content = process.files.get(path);
  if (content === undefined) {
    process.write('stderr', `cat: ${path}: No such file or directory\n`);
    return 1;
  }
  process.write('stdout', Buffer.from(content).toString('utf8'));
  return 0;
}

async function command(process: FakeProcess, line: string): Promise<number | 'exit'> {
  const toStderr = line.endsWith('>&2');
  const [name = '', ...words] = line
    .replace(/\s*>&2$/, '')
    .trim()
    .split(/\s+/);
  if (name === 'echo') process.write(toStderr ? 'stderr' : 'stdout', `${words.join(' ')}\n`);
  else if (name === 'sleep') await sleep(Number(words[0]) * 1000, process.signal);
  else if (name === 'cat') return cat(process, words[0]);
  return 0;
}

/**
 * fakeShell understands `sh -c` with `echo WORDS [>&2]`, `sleep N`, `cat [FILE]` and `exit N`,
 * joined by `;`. Everything else does nothing and succeeds. A signal ends it with 128 + number.
 */
export const fakeShell: FakeProgram = async (process) => {
  const [program = '', flag, script] = process.argv;
  const text = flag === '-c' ? (script ?? '') : [program.split('/').at(-1), flag, script].join(' ');
  let code = 0;
  for (const line of text.split(';').map((one) => one.trim())) {
    const exit = /^exit (\d+)$/.exec(line);
    if (exit !== null) return Number(exit[1]);
    const result = await command(process, line);
    if (result !== 'exit') code = result;
    if (process.signal.aborted) return process.signal.reason === 'SIGKILL' ? 137 : 143;
  }
  return code;
};

/** fakePause waits for a signal, as the process of a sandbox does. */
export const fakePause: FakeProgram = (process) =>
  new Promise((resolve) => {
    process.signal.addEventListener('abort', () =>
      resolve(process.signal.reason === 'SIGKILL' ? 137 : 0),
    );
  });
