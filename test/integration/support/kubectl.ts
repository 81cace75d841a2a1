import { execFile, spawn } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';

/** CommandResult is how a program ended. */
export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const KUBECTL = /^kubectl(\.\d+\.\d+)?$/;

/** Where the set-up of the test machine puts the distribution's kubectl. */
const DISTRIBUTION = resolve('.cache/kubernetes-client/usr/bin/kubectl');

/** findKubectls answers every kubectl on the PATH and beside it, one per version suffix. */
export function findKubectls(): string[] {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((one) => existsSync(one));
  const found = new Map<string, string>();
  const add = (folder: string) => {
    for (const name of readdirSync(folder)) {
      if (KUBECTL.test(name) && !found.has(name)) found.set(name, join(folder, name));
    }
  };
  for (const folder of folders) add(folder);
  const plain = found.get('kubectl');
  if (plain) add(dirname(realpathSync(plain)));
  if (existsSync(DISTRIBUTION)) found.set('kubectl of the distribution', DISTRIBUTION);
  return [...new Set([...found.values()].map((one) => realpathSync(one)))].sort();
}

/** findOc answers the real `oc` that the environment variable OC names, if any. */
export function findOc(): string[] {
  const { OC } = process.env;
  return OC && existsSync(OC) ? [OC] : [];
}

/** runClient runs a client once; it never rejects. */
export function runClient(
  program: string,
  args: readonly string[],
  options: {
    readonly kubeconfig: string;
    readonly stdin?: string;
    /** Default 30 seconds. */
    readonly timeoutMs?: number;
  },
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const env = { ...process.env, KUBECONFIG: options.kubeconfig };
    const child = execFile(
      program,
      [...args],
      { env, timeout: options.timeoutMs ?? 30_000, maxBuffer: 64 * 2 ** 20 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 255;
        resolve({ code, stdout, stderr });
      },
    );
    child.stdin?.end(options.stdin ?? '');
  });
}

/** watchLines collects the lines that a program that goes on prints, until there are enough. */
export async function watchLines(
  program: string,
  args: readonly string[],
  options: {
    readonly kubeconfig: string;
    readonly count: number;
    /** Called when the first line has come. */
    readonly onFirst: () => Promise<unknown>;
  },
): Promise<string[]> {
  const env = { ...process.env, KUBECONFIG: options.kubeconfig };
  const child = spawn(program, [...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  let rest = '';
  try {
    for await (const chunk of child.stdout as Readable) {
      const parts = (rest + String(chunk)).split('\n');
      rest = parts.pop() ?? '';
      for (const line of parts) {
        lines.push(line);
        if (lines.length === 1) await options.onFirst();
      }
      if (lines.length >= options.count) break;
    }
    return lines;
  } finally {
    child.kill();
  }
}
