import { readFile, stat } from 'node:fs/promises';
import { isIP } from 'node:net';

/** Resolver is a DNS server to ask. */
export interface Resolver {
  readonly host: string;
  readonly port: number;
}

/** parseResolver reads `10.0.0.2` or `10.0.0.2:5353` (IPv6 with a port in brackets). */
export function parseResolver(text: string): Resolver | undefined {
  const [host, port] = splitPort(text);
  const plain = host.split('%')[0] ?? '';
  return isIP(plain) === 0 || !(port > 0) ? undefined : { host, port };
}

function splitPort(text: string): [string, number] {
  const bracketed = /^\[(.+)\]:(\d+)$/.exec(text);
  if (bracketed) return [bracketed[1] ?? '', Number(bracketed[2])];
  const [host = '', port, ...rest] = text.split(':');
  return rest.length === 0 && port !== undefined ? [host, Number(port)] : [text, 53];
}

/** nameservers are the resolvers of a resolv.conf, in its order. */
export function nameservers(resolvConf: string): readonly Resolver[] {
  return resolvConf
    .split('\n')
    .map((line) => /^\s*nameserver\s+(\S+)/.exec(line)?.[1])
    .filter((one) => one !== undefined)
    .map((one) => parseResolver(one))
    .filter((one) => one !== undefined);
}

const RESOLV_CONF = '/etc/resolv.conf';

/**
 * newHostResolvers answers a function that reads the host's resolv.conf, again when it changed:
 * laptops move between networks. Without the file there are none.
 */
export function newHostResolvers(path = RESOLV_CONF): () => Promise<readonly Resolver[]> {
  let known: readonly Resolver[] = [];
  let readAtMs = -1;
  return async () => {
    try {
      const { mtimeMs } = await stat(path);
      if (mtimeMs !== readAtMs) known = nameservers(await readFile(path, 'utf8'));
      readAtMs = mtimeMs;
    } catch {
      known = [];
    }
    return known;
  };
}
