import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { EmptyDirVolumeSource } from '../../apis/core/v1/types.ts';
import { parseQuantity, quantityValue } from '../../machinery/quantity.ts';

const run = promisify(execFile);

async function mountPoints(): Promise<string[]> {
  const table = await readFile('/proc/self/mounts', 'utf8');
  return table.split('\n').map((line) => line.split(' ')[1] ?? '');
}

async function isMounted(path: string): Promise<boolean> {
  return (await mountPoints()).includes(path);
}

async function mountTmpfs(path: string, sizeLimit: string | undefined): Promise<void> {
  if (await isMounted(path)) return;
  const size = sizeLimit === undefined ? 0 : quantityValue(parseQuantity(sizeLimit));
  const options = size > 0 ? ['-o', `size=${size}`] : [];
  await run('mount', ['-t', 'tmpfs', ...options, 'tmpfs', path]);
}

/**
 * prepareEmptyDir makes the directory of an emptyDir, in memory where asked for. With a group it
 * belongs to it, and so does what is made in it.
 */
export async function prepareEmptyDir(
  path: string,
  source: EmptyDirVolumeSource,
  group: number | undefined,
): Promise<void> {
  await mkdir(path, { recursive: true });
  if (source.medium === 'Memory') await mountTmpfs(path, source.sizeLimit);
  if (group !== undefined) await chown(path, 0, group);
  await chmod(path, group === undefined ? 0o777 : 0o2777);
}

/** unmountBelow unmounts everything that is mounted below a directory. */
export async function unmountBelow(directory: string): Promise<void> {
  const below = (await mountPoints()).filter((path) => path.startsWith(`${directory}/`));
  for (const path of below.reverse()) await run('umount', [path]);
}
