import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { CliError } from '../cli-error.ts';
import type { Io } from '../io.ts';
import { type Kubeconfig, putEntry } from './kubeconfig.ts';
import { parseSimpleYaml } from './simple-yaml.ts';

/** KubeconfigFile is one file of the configuration; `path` makes its relative paths absolute. */
export interface KubeconfigFile {
  readonly path: string;
  readonly config: Kubeconfig;
}

/** kubeconfigPaths lists the files that are read, by `--kubeconfig`, $KUBECONFIG or the home. */
export function kubeconfigPaths(flag: string, io: Io): string[] {
  if (flag !== '') return [resolve(io.cwd, flag)];
  const fromEnv = (io.env.KUBECONFIG ?? '').split(delimiter).filter((path) => path !== '');
  if (fromEnv.length > 0) return fromEnv.map((path) => resolve(io.cwd, path));
  return [join(io.env.HOME ?? homedir(), '.kube', 'config')];
}

async function parseKubeconfig(path: string, text: string): Promise<Kubeconfig> {
  const simple = parseSimpleYaml(text);
  if (simple !== undefined) return simple as Kubeconfig;
  const { parse } = await import('../resources/yaml-parser.ts');
  try {
    return (parse(text) ?? {}) as Kubeconfig;
  } catch (cause) {
    throw new CliError(
      `error loading config file ${JSON.stringify(path)}: ${cause instanceof Error ? cause.message : cause}`,
      { cause },
    );
  }
}

/** readKubeconfigFiles reads the files that exist; `--kubeconfig` must exist. */
export async function readKubeconfigFiles(flag: string, io: Io): Promise<KubeconfigFile[]> {
  const files: KubeconfigFile[] = [];
  for (const path of kubeconfigPaths(flag, io)) {
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT' && flag === '') continue;
      const reason = cause instanceof Error ? cause.message.replace(/^(\w+): /, '') : String(cause);
      throw new CliError(`error loading config file ${JSON.stringify(path)}: ${reason}`, { cause });
    }
    files.push({ path, config: text.trim() === '' ? {} : await parseKubeconfig(path, text) });
  }
  return files;
}

/** mergeKubeconfigs joins files as client-go does: the first file that says something wins. */
export function mergeKubeconfigs(files: readonly KubeconfigFile[]): Kubeconfig {
  const merged: Kubeconfig = {};
  for (const { config } of [...files].reverse()) {
    for (const one of config.clusters ?? []) merged.clusters = putEntry(merged.clusters, one);
    for (const one of config.contexts ?? []) merged.contexts = putEntry(merged.contexts, one);
    for (const one of config.users ?? []) merged.users = putEntry(merged.users, one);
    if (config['current-context']) merged['current-context'] = config['current-context'];
  }
  return merged;
}

/** writeKubeconfigFile replaces a whole file in one step, readable by its owner only. */
export async function writeKubeconfigFile(path: string, config: Kubeconfig): Promise<void> {
  const { toYaml } = await import('../../machinery/yaml/to-yaml.ts');
  const { printedForm } = await import('./printed-form.ts');
  mkdirSync(dirname(path), { recursive: true });
  // A link is followed, so that it stays one.
  const target = existsSync(path) ? realpathSync(path) : path;
  const draft = `${target}.${process.pid}`;
  writeFileSync(draft, toYaml(printedForm(config)), { mode: 0o600 });
  renameSync(draft, target);
}
