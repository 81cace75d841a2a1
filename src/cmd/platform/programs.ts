import { access, lstat, mkdir, readlink, rm, symlink } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const DIRECTORY = '/usr/local/bin';

/** launcherPath is the `sampan` script of this installation; this code runs from its dist/. */
function launcherPath(): string {
  return join(dirname(fileURLToPath(import.meta.url)), '..', 'sampan');
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** Follows links: one that leads nowhere is not reachable. */
async function isReachable(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function isOnPath(program: string): Promise<boolean> {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((one) => one !== '');
  const found = await Promise.all(folders.map((folder) => isReachable(join(folder, program))));
  return found.includes(true);
}

/** A link to an installation that has been moved or deleted since is nobody's any more. */
async function removeStale(link: string): Promise<void> {
  const target = await readlink(link).catch(() => undefined);
  if (target === undefined || basename(target) !== 'sampan') return;
  if (!(await isReachable(link))) await rm(link);
}

/**
 * installPrograms puts `sampan` on the PATH, and `oc` where there is none, as links to this
 * installation, also in place of links to one that is gone. Answers the names that it installed.
 * Other people's files stay.
 */
export async function installPrograms(
  launcher = launcherPath(),
  directory = DIRECTORY,
): Promise<readonly string[]> {
  const installed: string[] = [];
  for (const name of ['sampan', 'oc']) {
    const link = join(directory, name);
    await removeStale(link);
    if ((await isOnPath(name)) || (await exists(link))) continue;
    await mkdir(directory, { recursive: true });
    await symlink(launcher, link);
    installed.push(name);
  }
  return installed;
}

/** removePrograms removes the links that lead to this installation. */
export async function removePrograms(launcher = launcherPath()): Promise<void> {
  for (const name of ['sampan', 'oc']) {
    const link = join(DIRECTORY, name);
    const target = await readlink(link).catch(() => undefined);
    if (target === launcher) await rm(link);
  }
}
