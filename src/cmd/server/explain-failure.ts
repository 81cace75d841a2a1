import { KeyFileError } from '../../apiserver/access/key-files.ts';
import { StoreCorruptError, StoreFullError } from '../../storage/store.ts';

interface SystemError extends Error {
  readonly code?: string;
  readonly address?: string;
  readonly port?: number;
}

/** explainStartFailure says what kept the server from starting and what to do about it. */
export function explainStartFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, address, port } = error as SystemError;
  if (error instanceof StoreCorruptError) {
    return `${error.message}. Nothing was changed: put a copy of the directory that is whole in its place, or move it away to begin with nothing`;
  }
  if (error instanceof KeyFileError) {
    return `${error.message}. Put it back from a copy and start again; nothing was changed`;
  }
  if (error.cause instanceof StoreFullError) return explainFull(error.cause);
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} on ${address} is taken by another program: end it (see "ss -ltnp sport = :${port}"), or choose another port (see "sampan up --help")`;
    case 'EACCES':
      return `${error.message}: run Sampan as root`;
    case 'EROFS':
      return `${error.message}: what Sampan keeps must be on a disk that can be written to (see "--data-dir" of "sampan up --help")`;
    case 'EMFILE':
      return `${error.message}: raise the limit of open files (see "ulimit -n") and start again; nothing is lost`;
    case 'EFBIG':
      return `${error.message}: raise the limit of the size of files (see "ulimit -f") and start again; nothing is lost`;
    case 'EDQUOT':
    case 'ENOSPC':
      return explainFull(error);
    default:
      return error.message;
  }
}

function explainFull({ message }: Error): string {
  return `the disk is full: ${message}. Free some space and start again; nothing is lost`;
}
