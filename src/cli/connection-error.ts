interface SystemError extends Error {
  readonly code?: string;
  readonly address?: string;
  readonly port?: number;
  readonly hostname?: string;
}

function systemError(error: unknown): SystemError | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const [first] = at instanceof AggregateError ? at.errors : [];
    const candidate: SystemError = first instanceof Error ? first : at;
    if (candidate.code !== undefined) return candidate;
  }
  return undefined;
}

/**
 * connectionMessage tells why the server could not be reached, in kubectl's words; undefined when
 * the error is of another sort.
 */
export function connectionMessage(error: unknown): string | undefined {
  const failure = systemError(error);
  if (!failure?.code) return undefined;
  const host = `${failure.address ?? failure.hostname ?? ''}${failure.port ? `:${failure.port}` : ''}`;
  if (failure.code === 'ECONNREFUSED')
    return `The connection to the server ${host} was refused - did you specify the right host or port?`;
  if (failure.code === 'ENOTFOUND' || failure.code === 'EAI_AGAIN')
    return `Unable to connect to the server: dial tcp: lookup ${failure.hostname ?? ''}: no such host`;
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/.test(failure.code))
    return 'Unable to connect to the server: x509: certificate signed by unknown authority';
  if (/^(ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE|EPROTO|UND_ERR_)/.test(failure.code))
    return `Unable to connect to the server: ${failure.message}`;
  return undefined;
}
