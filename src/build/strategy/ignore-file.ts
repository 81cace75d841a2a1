import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isIgnored, parseIgnoreFile } from '../file-pattern.ts';

function mayHoldKept(path: string, kept: readonly string[]): boolean {
  return kept.some((pattern) => pattern.startsWith('*') || pattern.startsWith(`${path}/`));
}

/**
 * ignoreFile reads `.s2iignore` or `.dockerignore` and answers which paths of the source stay out
 * of the build. A folder that may hold something that a `!` line keeps is entered.
 */
export async function ignoreFile(source: string, name: string): Promise<(path: string) => boolean> {
  const text = await readFile(join(source, name), 'utf8').catch(() => '');
  const rules = parseIgnoreFile(text);
  if (rules.length === 0) return () => false;
  const kept = text
    .split(/\r?\n/)
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1).replace(/^\.?\/+/, ''));
  return (path) => isIgnored(path, rules) && !mayHoldKept(path, kept);
}
