import { execFileSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pack } from 'tar-stream';

const PROGRAMS = ['sh', 'cat', 'sleep', 'echo', 'ls', 'id', 'env', 'stat', 'head', 'seq', 'stty'];

function librariesOf(program: string): string[] {
  const text = execFileSync('ldd', [program], { encoding: 'utf8' });
  return [...text.matchAll(/(\/[^\s]+)\s+\(0x/g)].map((match) => match[1] ?? '');
}

function locate(program: string): string {
  return execFileSync('sh', ['-c', 'command -v "$0"', program], { encoding: 'utf8' }).trim();
}

function programPath(program: string): string {
  const found = locate(program);
  return found.startsWith('/') ? found : `/bin/${program}`;
}

/** BaseFiles are texts that end up in the image by their path. */
export type BaseFiles = Readonly<Record<string, string>>;

/**
 * hostRootfs is the tar of a tiny file system made from programs of this machine and their
 * libraries, so that tests have an image on machines that reach no registry.
 */
export function hostRootfs(extra: readonly string[] = [], files: BaseFiles = {}): Readable {
  const tar = pack();
  const written = new Set<string>();
  const add = (path: string, content: Buffer | string, mode: number): void => {
    if (written.has(path)) return;
    written.add(path);
    tar.entry({ name: path.replace(/^\//, ''), mode }, content);
  };
  for (const directory of ['tmp', 'etc', 'root', 'proc', 'sys', 'dev', 'var', 'run']) {
    tar.entry({ name: directory, type: 'directory', mode: directory === 'tmp' ? 0o1777 : 0o755 });
  }
  add('/etc/passwd', 'root:x:0:0:root:/root:/bin/sh\napp:x:1001:0::/tmp:/bin/sh\n', 0o644);
  add('/etc/group', 'root:x:0:\napp:x:1001:\n', 0o644);
  for (const program of [...PROGRAMS, ...extra]) {
    const path = realpathSync(programPath(program));
    add(`/bin/${basename(program)}`, readFileSync(path), 0o755);
    for (const library of librariesOf(path)) {
      const target = `${dirname(library)}/${basename(library)}`;
      add(target, readFileSync(realpathSync(library)), 0o755);
    }
  }
  for (const [path, text] of Object.entries(files)) add(path, text, 0o755);
  tar.finalize();
  return Readable.from(tar);
}
