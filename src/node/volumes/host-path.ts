import { mkdir, stat, writeFile } from 'node:fs/promises';
import type { HostPathVolumeSource } from '../../apis/core/v1/types.ts';

type Kind = 'directory' | 'file' | 'socket' | 'character device' | 'block device' | 'other';

const WANTED: Readonly<Record<string, Kind>> = {
  Directory: 'directory',
  DirectoryOrCreate: 'directory',
  File: 'file',
  FileOrCreate: 'file',
  Socket: 'socket',
  CharDevice: 'character device',
  BlockDevice: 'block device',
};

async function kindOf(path: string): Promise<Kind | undefined> {
  try {
    const info = await stat(path);
    if (info.isDirectory()) return 'directory';
    if (info.isFile()) return 'file';
    if (info.isSocket()) return 'socket';
    if (info.isCharacterDevice()) return 'character device';
    return info.isBlockDevice() ? 'block device' : 'other';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** prepareHostPath checks or makes what a hostPath volume names; throws kubelet's words. */
export async function prepareHostPath({ path, type = '' }: HostPathVolumeSource): Promise<void> {
  const wanted = WANTED[type];
  if (wanted === undefined) return;
  let found = await kindOf(path);
  if (found === undefined && type === 'DirectoryOrCreate') {
    await mkdir(path, { recursive: true, mode: 0o755 });
    found = 'directory';
  }
  if (found === undefined && type === 'FileOrCreate') {
    await writeFile(path, '', { mode: 0o644 });
    found = 'file';
  }
  if (found === wanted) return;
  const article = wanted === 'socket' ? 'a socket file' : `a ${wanted}`;
  throw new Error(`hostPath type check failed: ${path} is not ${article}`);
}
