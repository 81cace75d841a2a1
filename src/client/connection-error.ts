/**
 * ConnectionError says that no answer came from the server: refused, timed out, an unknown host, a
 * certificate that is not trusted. `code` is Node's (`ECONNREFUSED`, `ENOTFOUND`, …).
 */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError';
  readonly server: string;
  readonly code: string;

  constructor(server: string, cause: unknown) {
    const inner = rootOf(cause);
    super(`cannot reach ${server}: ${inner.message}`, { cause });
    this.server = server;
    this.code = inner.code;
  }
}

function rootOf(error: unknown): { message: string; code: string } {
  let current = error;
  while (current instanceof Error && current.cause instanceof Error) current = current.cause;
  if (current instanceof AggregateError && current.errors.length > 0) current = current.errors[0];
  const message = current instanceof Error ? current.message : String(current);
  const code = (current as { code?: unknown } | undefined)?.code;
  return { message, code: typeof code === 'string' ? code : '' };
}
