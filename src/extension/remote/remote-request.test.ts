import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { newTestTls } from '../../apiserver/testing/test-tls.ts';
import { RemoteClient, readAll } from './remote-request.ts';

let server: Server;
let caPem: string;
let client: RemoteClient;
const held: (() => void)[] = [];

beforeAll(async () => {
  const { certPem, keyPem, authority } = await newTestTls('remote', ['remote.test']);
  caPem = authority.certPem;
  server = createServer({ cert: certPem, key: keyPem }, (request, response) => {
    if (request.url === '/held') held.push(() => response.end('late'));
    else response.end('now');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterAll(() => server.close());
afterEach(() => client.close());

async function get(path: string, clientName: string): Promise<string> {
  const { port } = server.address() as AddressInfo;
  const response = await client.send({
    address: { host: '127.0.0.1', port },
    // What differs is who asks, as after the renewal of a certificate.
    tls: { serverName: 'remote.test', caPem: `${caPem}\n# ${clientName}\n`, insecure: false },
    method: 'GET',
    path,
    headers: {},
  });
  return (await readAll(response, 100)).toString();
}

const open = () =>
  new Promise<number>((resolve, reject) => {
    server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
  });

it('keeps a connection for the next request', async () => {
  client = new RemoteClient();
  expect(await get('/', 'a')).toBe('now');
  expect(await get('/', 'a')).toBe('now');
  expect(await open()).toBe(1);
});

it('lets go of connections that nobody uses, and of no other', async () => {
  client = new RemoteClient();
  const late = get('/held', 'first');
  await expect.poll(() => held.length).toBe(1);
  for (let index = 0; index < 70; index += 1) await get('/', `${index}`);
  await expect.poll(open).toBeLessThan(10);
  for (const answer of held.splice(0)) answer();
  expect(await late).toBe('late');
});
