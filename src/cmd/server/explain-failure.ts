interface SystemError extends Error {
  readonly code?: string;
  readonly address?: string;
  readonly port?: number;
}

/** explainStartFailure says what kept the server from starting and what to do about it. */
export function explainStartFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, address, port } = error as SystemError;
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} on ${address} is taken by another program: end it (see "ss -ltnp sport = :${port}"), or choose another port (see "sampan up --help")`;
    case 'EACCES':
      return `${error.message}: run Sampan as root`;
    case 'EROFS':
      return `${error.message}: what Sampan keeps must be on a disk that can be written to (see "--data-dir" of "sampan up --help")`;
    case 'ENOSPC':
      return `the disk is full: ${error.message}. Free some space and start again; nothing is lost`;
    default:
      return error.message;
  }
}
