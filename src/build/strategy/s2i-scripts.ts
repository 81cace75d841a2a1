import { chmod, copyFile, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageConfig } from '../../engine/engine.ts';
import { BuildFailure } from '../build-failure.ts';
import type { BuildSession } from '../build-session.ts';

/** ScriptName is a script of the S2I contract. */
export type ScriptName = 'assemble' | 'run' | 'save-artifacts';

/** Script says where a script is: a path in the image, or a file that is uploaded with the source. */
export type Script =
  | { readonly from: 'image'; readonly path: string }
  | { readonly from: 'upload' };

/** Scripts are the scripts of one build. */
export interface Scripts {
  readonly assemble: Script;
  readonly run: Script;
  readonly saveArtifacts: Script | undefined;
  /** The folder of uploaded scripts, absent when there are none. */
  readonly uploadDirectory: string | undefined;
}

const IMAGE = 'image://';
const FETCH_TIMEOUT_MS = 30_000;

/** scriptsUrlOf answers where an image says that its scripts are; empty when it does not say. */
export function scriptsUrlOf({ labels = {}, env = [] }: ImageConfig): string {
  const label = labels['io.openshift.s2i.scripts-url'] ?? labels['io.s2i.scripts-url'];
  if (label) return label;
  const variable = env.find((one) => one.startsWith('STI_SCRIPTS_URL='));
  return variable?.slice('STI_SCRIPTS_URL='.length) ?? '';
}

function imagePath(url: string, name: ScriptName): string {
  return `${url.slice(IMAGE.length).replace(/\/+$/, '')}/${name}`;
}

async function download(url: string, name: ScriptName, to: string): Promise<boolean> {
  const full = `${url.replace(/\/+$/, '')}/${name}`;
  const response = await fetch(full, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) }).catch(
    (cause) => {
      const text = `the S2I scripts at "${url}" cannot be fetched: ${cause.message}`;
      throw new BuildFailure('FetchScriptsFailed', text, { cause });
    },
  );
  if (!response.ok) return false;
  await writeFile(to, Buffer.from(await response.arrayBuffer()), { mode: 0o755 });
  return true;
}

interface Search {
  /** `spec.strategy.sourceStrategy.scripts`, may be empty. */
  readonly url: string;
  readonly source: string;
  readonly imageUrl: string;
  readonly directory: string;
}

async function find(name: ScriptName, search: Search): Promise<Script | undefined> {
  const { url, source, imageUrl, directory } = search;
  const target = join(directory, name);
  await mkdir(directory, { recursive: true });
  if (url.startsWith(IMAGE)) return { from: 'image', path: imagePath(url, name) };
  if (/^https?:/.test(url) && (await download(url, name, target))) return { from: 'upload' };
  const own = join(source, '.s2i', 'bin', name);
  if (await stat(own).catch(() => undefined)) {
    await copyFile(own, target);
    await chmod(target, 0o755);
    return { from: 'upload' };
  }
  if (imageUrl.startsWith(IMAGE)) return { from: 'image', path: imagePath(imageUrl, name) };
  if (/^https?:/.test(imageUrl) && (await download(imageUrl, name, target))) {
    return { from: 'upload' };
  }
  return undefined;
}

/**
 * findScripts looks for the scripts where S2I does, each on its own: the build config's scripts
 * URL, `.s2i/bin` of the source, the image's scripts URL. Throws BuildFailure when assemble or
 * run is nowhere.
 */
export async function findScripts(
  session: BuildSession,
  source: string,
  builder: ImageConfig,
): Promise<Scripts> {
  const search: Search = {
    url: session.build.spec?.strategy.sourceStrategy?.scripts ?? '',
    source,
    imageUrl: scriptsUrlOf(builder),
    directory: join(session.workDirectory, 'scripts'),
  };
  const [assemble, run, saveArtifacts] = await Promise.all([
    find('assemble', search),
    find('run', search),
    find('save-artifacts', search),
  ]);
  if (assemble === undefined || run === undefined) {
    const name = session.build.spec?.strategy.sourceStrategy?.from.name;
    const missing = assemble === undefined ? 'assemble' : 'run';
    const text = `there is no S2I script "${missing}": the image "${name}" has no label io.openshift.s2i.scripts-url and the source no .s2i/bin/${missing}; is it a builder image?`;
    throw new BuildFailure('InstallScriptsFailed', text);
  }
  const uploads = [assemble, run, saveArtifacts].some((one) => one?.from === 'upload');
  return {
    assemble,
    run,
    saveArtifacts,
    uploadDirectory: uploads ? search.directory : undefined,
  };
}

/** readEnvironmentFile reads `.s2i/environment`: NAME=VALUE lines, `#` begins a comment. */
export async function readEnvironmentFile(
  source: string,
): Promise<readonly { readonly name: string; readonly value: string }[]> {
  const file = join(source, '.s2i', 'environment');
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .split(/\r?\n/)
    .filter((line) => !line.startsWith('#') && line.includes('='))
    .map((line) => {
      const equals = line.indexOf('=');
      return { name: line.slice(0, equals).trim(), value: line.slice(equals + 1).trim() };
    })
    .filter(({ name }) => name !== '');
}
