import { newBadRequest } from '../../../machinery/status-error.ts';

/** ProxyName is what the name in a proxy's path says: `name`, `name:port` or `scheme:name:port`. */
export interface ProxyName {
  readonly scheme: '' | 'http' | 'https';
  readonly name: string;
  /** A number or the name of a port; empty where none is asked for. */
  readonly port: string;
}

/** ProxyTarget is where a request goes. */
export interface ProxyTarget {
  readonly isTls: boolean;
  /** An IP address. */
  readonly host: string;
  readonly port: number;
}

/** parseProxyName reads the name in a proxy's path; 400 for one that is none. */
export function parseProxyName(text: string, kind: 'node' | 'pod' | 'service'): ProxyName {
  const parts = text.split(':');
  const [scheme, name = '', port = ''] = parts.length === 3 ? parts : ['', ...parts];
  const known = scheme === '' || scheme === 'http' || scheme === 'https';
  if (parts.length > 3 || name === '' || !known)
    throw newBadRequest(`invalid ${kind} request ${JSON.stringify(text)}`);
  return { scheme, name, port };
}

/** targetOf is the target of a scheme, an address and a port; without a port it is the scheme's. */
export function targetOf(scheme: ProxyName['scheme'], host: string, port: string): ProxyTarget {
  const isTls = scheme === 'https';
  if (port === '') return { isTls, host, port: isTls ? 443 : 80 };
  const number = Number(port);
  if (!/^\d+$/.test(port) || number < 1 || number > 65535) {
    const text = `error trying to reach service: dial tcp: lookup tcp/${port}: unknown port`;
    throw newBadRequest(text);
  }
  return { isTls, host, port: number };
}
