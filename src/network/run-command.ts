import { spawn } from 'node:child_process';

/** CommandError is a command that could not run or ended with another exit code than 0. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: number | undefined;
  readonly stderr: string;

  constructor(command: string, exitCode: number | undefined, stderr: string, cause?: unknown) {
    super(`${command}: ${stderr.trim() || `exit code ${exitCode}`}`, { cause });
    this.exitCode = exitCode;
    this.stderr = stderr;
  }
}

/**
 * runCommand runs a program with `input` on its standard input and answers its standard output.
 * Throws CommandError.
 */
export function runCommand(command: string, args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    const shown = [command, ...args].join(' ');
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    // A program that ends before it read everything breaks the pipe; its exit code says why.
    child.stdin.on('error', () => undefined);
    child.on('error', (error) => {
      reject(new CommandError(shown, undefined, error.message, error));
    });
    child.on('close', (code) => {
      const stderr = Buffer.concat(err).toString();
      if (code === 0) resolve(Buffer.concat(out).toString());
      else reject(new CommandError(shown, code ?? undefined, stderr));
    });
    child.stdin.end(input);
  });
}
