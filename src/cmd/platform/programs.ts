import { access, lstat, mkdir, readlink, rm, symlink } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
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

async function isOnPath(program: string): Promise<boolean> {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((one) => one !== '');
  const found = await Promise.all(
    folders.map((folder) =>
      access(join(folder, program)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}

/**
 * installPrograms puts `sampan` on the PATH, and `oc` where there is none, as links to this
 * installation. Answers the names that it installed. Other people's files stay.
 */
export async function installPrograms(launcher = launcherPath()): Promise<readonly string[]> {
  const installed: string[] = [];
  for (const name of ['sampan', 'oc']) {
    const link = join(DIRECTORY, name);
    if ((await isOnPath(name)) || (await exists(link))) continue;
    await mkdir(DIRECTORY, { recursive: true });
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
