/** RemoteFailure says why a registry did not give what was asked of it. */
export type RemoteFailure = 'notFound' | 'unauthorized' | 'unreachable' | 'httpOnly' | 'other';

/** RemoteError is a failure of another registry. */
export class RemoteError extends Error {
  override readonly name = 'RemoteError';
  readonly failure: RemoteFailure;

  constructor(failure: RemoteFailure, message: string, cause?: unknown) {
    super(message, { cause });
    this.failure = failure;
  }
}

const TLS_AGAINST_HTTP: ReadonlySet<string> = new Set([
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
  'ERR_SSL_HTTP_REQUEST',
  'EPROTO',
]);

function rootOf(error: unknown): { code: string; message: string } {
  let current = error;
  while (current instanceof Error && current.cause instanceof Error) current = current.cause;
  if (current instanceof AggregateError && current.errors[0] instanceof Error)
    current = current.errors[0];
  if (!(current instanceof Error)) return { code: '', message: String(current) };
  const code = 'code' in current ? String(current.code) : '';
  return { code, message: current.message };
}

/** connectionError explains that no connection to a host came about. */
export function connectionError(host: string, error: unknown): RemoteError {
  const { code, message } = rootOf(error);
  if (TLS_AGAINST_HTTP.has(code))
    return new RemoteError('httpOnly', `${host} does not speak HTTPS`, error);
  return new RemoteError('unreachable', `${host} cannot be reached: ${message}`, error);
}
