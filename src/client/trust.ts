/** Trust is the part of the options of Node's TLS that says whom a connection trusts. */
export interface Trust {
  readonly ca?: string;
  readonly allowPartialTrustChain?: true;
}

/**
 * trustIn trusts the certificates of a PEM bundle as Go does: an authority, one between, or that of
 * the server itself. Absent or empty: the authorities of the system.
 */
export function trustIn(caPem: string | undefined): Trust {
  return caPem ? { ca: caPem, allowPartialTrustChain: true } : {};
}
