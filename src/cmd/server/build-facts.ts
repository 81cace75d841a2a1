import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DEFAULT_VERSION } from '../../apiserver/paths/version.ts';
import type { Info } from '../../machinery/meta/v1.ts';

type BuildFacts = Partial<Pick<Info, 'gitCommit' | 'gitTreeState' | 'buildDate'>>;

/** readBuildFacts reads what the build wrote down of itself beside the program; a source tree has nothing. */
function readBuildFacts(): BuildFacts {
  const file = join(dirname(fileURLToPath(import.meta.url)), 'build-facts.json');
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as BuildFacts;
  } catch {
    return {};
  }
}

/** serverVersion is what `/version` answers: the version of Kubernetes that is spoken, and of what this program was built. */
export function serverVersion(): Info {
  return { ...DEFAULT_VERSION, ...readBuildFacts() };
}
