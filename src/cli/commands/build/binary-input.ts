import { spawn } from 'node:child_process';
import { createReadStream, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { CliError } from '../../cli-error.ts';
import type { Invocation } from '../../command.ts';
import { packDirectory } from './pack-directory.ts';

/** BinaryInput is what a binary build gets uploaded. */
export interface BinaryInput {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** The name under which a single file is to be put into the source directory. */
  readonly asFile: string | undefined;
  /** The sentence that says what is uploaded. */
  readonly message: string;
}

function existing(cwd: string, path: string): { full: string; isDirectory: boolean } {
  const full = resolve(cwd, path);
  const info = statSync(full, { throwIfNoEntry: false });
  if (!info) throw new CliError(`stat ${path}: no such file or directory`);
  return { full, isDirectory: info.isDirectory() };
}

const ARCHIVE = /\.(tar|tar\.gz|tgz|tar\.bz2|zip)$/;

function fromDirectory(path: string, { io, flags }: Invocation): BinaryInput {
  if (path === '-')
    return {
      bytes: io.stdin,
      asFile: undefined,
      message: 'Uploading archive file from STDIN as binary input for the build ...\n',
    };
  const { full, isDirectory } = existing(io.cwd, path);
  if (!isDirectory) return fromArchive(path, full);
  const exclude = flags.string('exclude');
  return {
    bytes: Readable.from(
      packDirectory(full, exclude === '' ? undefined : new RegExp(exclude)),
    ).pipe(createGzip()),
    asFile: undefined,
    message: `Uploading directory ${JSON.stringify(path)} as binary input for the build ...\n`,
  };
}

function fromArchive(path: string, full: string): BinaryInput {
  if (!ARCHIVE.test(path))
    throw new CliError(
      `${JSON.stringify(path)} is not a directory or an archive (tar, tar.gz, tgz, tar.bz2, zip)`,
    );
  return {
    bytes: createReadStream(full),
    asFile: undefined,
    message: `Uploading archive file ${JSON.stringify(path)} as binary input for the build ...\n`,
  };
}

function fromFile(path: string, { io }: Invocation): BinaryInput {
  const { full, isDirectory } = existing(io.cwd, path);
  if (isDirectory) throw new CliError(`${JSON.stringify(path)} is a directory, use --from-dir`);
  return {
    bytes: createReadStream(full),
    asFile: basename(path),
    message: `Uploading file ${JSON.stringify(path)} as binary input for the build ...\n`,
  };
}

/** gitArchive streams `git archive` of a commit; git's failure ends the stream with an error. */
async function* gitArchive(folder: string, commit: string): AsyncGenerator<Uint8Array> {
  const git = spawn('git', ['-c', 'safe.directory=*', 'archive', '--format=tar.gz', commit], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaint = '';
  git.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString('utf8');
  });
  const ended = new Promise<number>((done) => {
    git.on('error', () => done(127));
    git.on('close', (code) => done(code ?? 1));
  });
  yield* git.stdout;
  if ((await ended) !== 0)
    throw new CliError(
      `unable to archive ${JSON.stringify(commit)} of ${folder}: ${complaint.trim()}`,
    );
}

function fromRepository(path: string, { io, flags }: Invocation): BinaryInput {
  const { full } = existing(io.cwd, path);
  existing(full, join(full, '.git'));
  const commit = flags.string('commit') || 'HEAD';
  return {
    bytes: gitArchive(full, commit),
    asFile: undefined,
    message: `Uploading ${JSON.stringify(path)} at commit ${JSON.stringify(commit)} as binary input for the build ...\n`,
  };
}

/** binaryInputOf reads `--from-dir`, `--from-file`, `--from-repo` and `--from-archive`. */
export function binaryInputOf(invocation: Invocation): BinaryInput | undefined {
  const { flags, io } = invocation;
  const names = ['from-dir', 'from-file', 'from-repo', 'from-archive'] as const;
  const given = names.filter((name) => flags.string(name) !== '');
  const [name] = given;
  if (name === undefined) return undefined;
  if (given.length > 1)
    throw new CliError(
      'only one of --from-file, --from-repo, --from-archive or --from-dir may be specified',
    );
  const path = flags.string(name);
  if (name === 'from-dir') return fromDirectory(path, invocation);
  if (name === 'from-file') return fromFile(path, invocation);
  if (name === 'from-repo') return fromRepository(path, invocation);
  return fromArchive(path, existing(io.cwd, path).full);
}
