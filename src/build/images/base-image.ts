import { spawn } from 'node:child_process';
import type { Engine } from '../../engine/engine.ts';
import type { HostApt } from './host-apt.ts';
import { RECIPE_LABEL } from './image-build.ts';
import type { Recipe } from './recipe.ts';

const LEFT_OUT = [
  '/usr/share/doc/*',
  '/usr/share/man/*',
  '/usr/share/info/*',
  '/usr/share/locale/*',
];
const REGISTRY_PROBE_MS = 3000;
const PULL_TIMEOUT_MS = 120_000;

/** BaseOptions say where a base image may come from. */
export interface BaseOptions {
  readonly engine: Engine;
  readonly recipe: Recipe;
  readonly repository: string;
  readonly hash: string;
  readonly apt: HostApt;
  onOutput(line: string): void;
  readonly signal?: AbortSignal | undefined;
}

/** answers tells whether a registry speaks at all, before a pull waits for it much longer. */
async function answers(reference: string): Promise<boolean> {
  const host = reference.split('/')[0] ?? '';
  const name = host === 'docker.io' ? 'registry-1.docker.io' : host;
  const scheme = /^(localhost|127\.)/.test(name) ? 'http' : 'https';
  try {
    await fetch(`${scheme}://${name}/v2/`, { signal: AbortSignal.timeout(REGISTRY_PROBE_MS) });
    return true;
  } catch {
    return false;
  }
}

/**
 * pullBase answers the first reference that the engine has or that a registry gives; none when
 * no registry answers.
 */
export async function pullBase(
  { engine, recipe, onOutput }: BaseOptions,
  references: readonly string[] = recipe.registryImages ?? [],
): Promise<string | undefined> {
  for (const reference of references) {
    if (await engine.inspectImage(reference)) return reference;
    if (!(await answers(reference))) {
      onOutput(`the registry of ${reference} does not answer`);
      continue;
    }
    try {
      await engine.pull(reference, { signal: AbortSignal.timeout(PULL_TIMEOUT_MS) });
      return reference;
    } catch (error) {
      onOutput(`${reference} could not be pulled: ${(error as Error).message}`);
    }
  }
  return undefined;
}

function mmdebstrapArguments({ recipe, apt }: BaseOptions): readonly string[] {
  return [
    '--variant=minbase',
    '--mode=root',
    '--format=tar',
    `--include=${recipe.packages.join(',')}`,
    ...LEFT_OUT.map((path) => `--dpkgopt=path-exclude=${path}`),
    '--aptopt=Acquire::Languages "none"',
    ...apt.settings.map((setting) => `--aptopt=${setting}`),
    '--customize-hook=rm -f "$1"/etc/apt/apt.conf.d/99mmdebstrap',
    recipe.suite ?? 'bookworm',
    '-',
    ...apt.sources,
  ];
}

function importChanges({ recipe, hash }: BaseOptions): readonly string[] {
  const { env = {}, command = [] } = recipe.config;
  return [
    ...Object.entries(env).map(([name, value]) => `ENV ${name}=${value}`),
    `CMD ${JSON.stringify(command)}`,
    `LABEL ${RECIPE_LABEL}=${hash}`,
    `LABEL io.k8s.display-name=${JSON.stringify(recipe.displayName)}`,
  ];
}

/**
 * bootstrapBase makes the base from Debian packages with mmdebstrap, straight into the engine.
 * Takes about half a minute. Answers the image id; the error says what to install when
 * mmdebstrap is missing.
 */
export async function bootstrapBase(options: BaseOptions): Promise<string> {
  const { engine, recipe, repository, onOutput } = options;
  const child = spawn('mmdebstrap', mmdebstrapArguments(options), {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.signal ? { signal: options.signal } : {}),
  });
  const tail: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.split('\n').filter((one) => one.trim() !== '')) {
      onOutput(line);
      tail.push(line);
      if (tail.length > 15) tail.shift();
    }
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', (cause: NodeJS.ErrnoException) => {
      const hint = cause.code === 'ENOENT' ? ': install it with "apt-get install mmdebstrap"' : '';
      reject(new Error(`mmdebstrap could not run${hint}`, { cause }));
    });
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`mmdebstrap failed with code ${code}:\n${tail.join('\n')}`));
    });
  });
  const reference = `${repository}:${recipe.tag}`;
  const imported = engine.importImage(reference, child.stdout, importChanges(options));
  // A failed bootstrap also breaks the import; its own error says why.
  imported.catch(() => undefined);
  try {
    await ended;
  } catch (error) {
    await imported.then((id) => engine.removeImage(id, { force: true })).catch(() => undefined);
    throw error;
  }
  return imported;
}
