import { randomBytes } from 'node:crypto';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pack as newPack } from 'tar-stream';
import type { Engine, ImageConfig } from '../../engine/engine.ts';
import type { HostApt } from './host-apt.ts';
import { addEntry, addHostFiles, type HostFileSources } from './host-files.ts';
import { listFiles, type Recipe } from './recipe.ts';

/** RECIPE_LABEL carries the hash of everything that an image was made from. */
export const RECIPE_LABEL = 'io.sampan.recipe';

/** ImageBuild is one recipe to be made on a parent that the engine has. */
export interface ImageBuild {
  readonly engine: Engine;
  readonly recipe: Recipe;
  readonly parent: string;
  readonly repository: string;
  readonly hash: string;
  readonly apt: HostApt;
  /** Package lists and archives are kept here between builds. */
  readonly cacheDirectory: string;
  readonly hostFiles: HostFileSources;
  onOutput(line: string): void;
  readonly signal?: AbortSignal | undefined;
}

const LISTS_MAX_AGE_MS = 6 * 3600 * 1000;
// A folder that every Debian has: a mount there leaves nothing behind in the image.
const MOUNT = '/mnt';

function aptConf(apt: HostApt, name: string): string {
  const sources = [
    `Dir::Etc::SourceList "${MOUNT}/${name}/sources.list";`,
    'Dir::Etc::SourceParts "/dev/null";',
  ];
  return [
    ...apt.settings,
    ...(apt.sources.length > 0 ? sources : []),
    `Dir::State::Lists "${MOUNT}/lists";`,
    `Dir::Cache::Archives "${MOUNT}/${name}/archives";`,
    'Dir::Cache::pkgcache "";',
    'Dir::Cache::srcpkgcache "";',
    'APT::Sandbox::User "root";',
    'APT::Install-Recommends "false";',
    'Acquire::Languages "none";',
    'Dpkg::Use-Pty "0";',
    '',
  ].join('\n');
}

function installCommands(recipe: Recipe, apt: string): readonly string[] {
  const install = (packages: readonly string[]) =>
    `${apt} install -y -q ${packages.map((one) => `'${one}'`).join(' ')}`;
  const commands = recipe.packages.length > 0 ? [install(recipe.packages)] : [];
  if (recipe.hostFiles?.includes('node') && recipe.fallbackPackages) {
    commands.push(
      'if ! /usr/local/bin/node --version; then',
      '  rm -rf /usr/local/bin/node /usr/local/bin/npm /usr/local/bin/npx /usr/local/lib/node_modules',
      `  ${install(recipe.fallbackPackages)}`,
      'fi',
    );
  }
  return commands;
}

function aptCommand(name: string): string {
  return `APT_CONFIG=${MOUNT}/${name}/apt.conf DEBIAN_FRONTEND=noninteractive apt-get`;
}

function script(recipe: Recipe): string {
  const apt = aptCommand(recipe.name);
  return [
    'set -e',
    'mkdir -p /usr/share/man/man1',
    ...installCommands(recipe, apt),
    `if [ -f ${MOUNT}/${recipe.name}/install.sh ]; then bash ${MOUNT}/${recipe.name}/install.sh; fi`,
    'rm -rf /var/log/apt /var/log/dpkg.log /var/log/alternatives.log /var/cache/debconf/*-old /var/lib/dpkg/*-old',
    '',
  ].join('\n');
}

async function prepareApt(cacheDirectory: string, name: string, apt: HostApt): Promise<string> {
  const own = join(cacheDirectory, name);
  await mkdir(join(own, 'archives', 'partial'), { recursive: true });
  await mkdir(join(cacheDirectory, 'lists', 'partial'), { recursive: true });
  await writeFile(join(own, 'sources.list'), `${apt.sources.join('\n')}\n`);
  await writeFile(join(own, 'apt.conf'), aptConf(apt, name));
  return own;
}

async function prepareMount({ recipe, apt, cacheDirectory }: ImageBuild): Promise<void> {
  const own = await prepareApt(cacheDirectory, recipe.name, apt);
  const files = await listFiles(recipe.directory);
  const install = files.find(({ path }) => path === 'install.sh');
  if (install) await writeFile(join(own, 'install.sh'), install.content);
  await writeFile(join(own, 'make.sh'), script(recipe));
}

async function fillRoot(build: ImageBuild, container: string): Promise<void> {
  const { recipe, engine } = build;
  const pack = newPack();
  const written = (async () => {
    const folders = new Set<string>();
    const add = async (path: string, executable: boolean, content: Buffer) => {
      const parts = path.split('/').slice(0, -1);
      for (let depth = 1; depth <= parts.length; depth += 1) {
        const name = parts.slice(0, depth).join('/');
        if (folders.has(name)) continue;
        folders.add(name);
        await addEntry(pack, { name, mode: 0o755, type: 'directory' });
      }
      await addEntry(pack, { name: path, mode: executable ? 0o755 : 0o644 }, content);
    };
    for (const { path, executable, content } of await listFiles(join(recipe.directory, 'root'))) {
      await add(path, executable, content);
    }
    for (const { path, content } of await listFiles(join(recipe.directory, 's2i'))) {
      await add(`usr/libexec/s2i/${path}`, true, content);
    }
    await addHostFiles(pack, recipe.hostFiles ?? [], build.hostFiles);
    pack.finalize();
  })();
  written.catch((error) => pack.destroy(error));
  await Promise.all([
    engine.putArchive(container, '/', Readable.from(pack, { objectMode: false })),
    written,
  ]);
}

/** recipeConfig is a parent's image configuration with a recipe's on top. */
export function recipeConfig(recipe: Recipe, parent: ImageConfig, hash: string): ImageConfig {
  const { config } = recipe;
  const labels: Record<string, string> = {
    ...parent.labels,
    'io.k8s.display-name': recipe.displayName,
    'io.k8s.description': recipe.description,
    ...config.labels,
    [RECIPE_LABEL]: hash,
  };
  return {
    env: Object.entries(config.env ?? {}).map(([name, value]) => `${name}=${value}`),
    entrypoint: config.entrypoint ?? parent.entrypoint ?? [],
    command: config.command ?? parent.command ?? [],
    workingDir: config.workingDir ?? parent.workingDir ?? '',
    user: config.user ?? parent.user ?? '',
    exposedPorts: [...(parent.exposedPorts ?? []), ...(config.exposedPorts ?? [])],
    labels,
  };
}

interface Run {
  readonly engine: Engine;
  readonly what: string;
  onOutput(line: string): void;
  readonly signal?: AbortSignal | undefined;
}

async function runToEnd(build: Run, container: string): Promise<void> {
  const { engine, what } = build;
  const streams = await engine.attach(container, { stdin: false, tty: false });
  await engine.startContainer(container);
  const stop = () => void engine.killContainer(container, 'SIGKILL').catch(() => undefined);
  build.signal?.addEventListener('abort', stop);
  const tail: string[] = [];
  const decoder = new TextDecoder();
  for await (const { data } of streams.output) {
    for (const line of decoder.decode(data).split('\n')) {
      if (line.trim() === '') continue;
      build.onOutput(line);
      tail.push(line);
      if (tail.length > 15) tail.shift();
    }
  }
  const code = await engine.waitContainer(container);
  build.signal?.removeEventListener('abort', stop);
  build.signal?.throwIfAborted();
  if (code !== 0) {
    throw new Error(`${what} failed with code ${code}:\n${tail.join('\n')}`);
  }
}

/**
 * makeImage makes a recipe's image in a container of its parent on the host's network, with the
 * host's apt mirrors and proxies mounted (never copied in), and commits it as
 * `repository:recipe.tag`. Answers the image id; the container is removed whatever happens.
 */
export async function makeImage(build: ImageBuild): Promise<string> {
  const { engine, recipe, parent } = build;
  const parentImage = await engine.inspectImage(parent);
  if (parentImage === undefined) throw new Error(`the engine has no image ${parent}`);
  await prepareMount(build);
  const name = `sampan-image-${recipe.name}-${randomBytes(4).toString('hex')}`;
  const container = await engine.createContainer(name, {
    image: parentImage.id,
    entrypoint: ['/bin/bash', `${MOUNT}/${recipe.name}/make.sh`],
    command: [],
    user: '0',
    workingDir: '/',
    networkMode: 'host',
    binds: [`${build.cacheDirectory}:${MOUNT}`],
  });
  try {
    await fillRoot(build, container);
    await runToEnd({ ...build, what: `making the image ${recipe.name}` }, container);
    return await engine.commit(container, {
      repository: build.repository,
      tag: recipe.tag,
      config: recipeConfig(recipe, parentImage.config, build.hash),
      comment: `Sampan recipe ${recipe.name}`,
    });
  } finally {
    await engine.removeContainer(container);
  }
}

/** ListsRefresh says where package lists go and what image runs apt. */
export interface ListsRefresh {
  readonly engine: Engine;
  readonly image: string;
  readonly apt: HostApt;
  readonly cacheDirectory: string;
  onOutput(line: string): void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * refreshPackageLists fetches Debian's package lists into the cache unless they are some hours
 * old at most. Images that are made at the same time share them read-only.
 */
export async function refreshPackageLists(refresh: ListsRefresh): Promise<void> {
  const { engine, apt, cacheDirectory } = refresh;
  const stamp = join(cacheDirectory, 'lists-stamp');
  const sources = apt.sources.join('\n');
  const info = await stat(stamp).catch(() => undefined);
  const fresh = info !== undefined && Date.now() - info.mtimeMs < LISTS_MAX_AGE_MS;
  if (fresh && (await readFile(stamp, 'utf8')) === sources) return;
  const own = await prepareApt(cacheDirectory, 'lists-update', apt);
  await writeFile(join(own, 'make.sh'), `exec env ${aptCommand('lists-update')} update -q\n`);
  const name = `sampan-image-lists-${randomBytes(4).toString('hex')}`;
  const container = await engine.createContainer(name, {
    image: refresh.image,
    entrypoint: ['/bin/bash', `${MOUNT}/lists-update/make.sh`],
    command: [],
    user: '0',
    networkMode: 'host',
    binds: [`${cacheDirectory}:${MOUNT}`],
  });
  try {
    await runToEnd({ ...refresh, what: 'fetching the package lists' }, container);
    await writeFile(stamp, sources);
  } finally {
    await engine.removeContainer(container);
  }
}
