import { createServer } from 'node:net';

/** firstFreePort answers the first port that nobody listens on; throws when all are taken. */
export async function firstFreePort(
  hosts: readonly string[],
  ports: readonly number[],
): Promise<number> {
  for (const port of ports) {
    const free = await Promise.all(hosts.map((host) => isFree(host, port)));
    if (free.every(Boolean)) return port;
  }
  throw new Error(`no port for the router: ${ports.join(' and ')} are taken`);
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host, port, ipv6Only: host.includes(':') }, () => {
      server.close(() => resolve(true));
    });
  });
}
