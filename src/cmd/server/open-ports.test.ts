import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ensurePki, type Pki } from '../../apiserver/access/pki.ts';
import type { TlsMaterial } from '../../apiserver/http/http-listener.ts';
import { startTestApiServer, type TestApiServer } from '../../apiserver/testing/test-api-server.ts';
import type { Transport } from '../../client/transport.ts';
import { SILENT } from '../../controller-kit/silent-log.ts';
import { OpenPorts } from './open-ports.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
let directory: string;
let now: Date;
let api: TestApiServer;
let ports: OpenPorts;
let given: TlsMaterial[];
let transports: Transport[];
let port: number;

const currentPki = () =>
  ensurePki({
    directory,
    dnsNames: ['localhost'],
    ipAddresses: ['127.0.0.1'],
    routeDomain: 'apps.localhost',
    now: () => now,
  });

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sampan-ports-'));
  now = new Date();
  api = await startTestApiServer([]);
  given = [];
  transports = [];
  const pki = await currentPki();
  ports = new OpenPorts(pki, {
    server: {
      async listen(...args) {
        const listener = await api.server.listen(...args);
        port = listener.port;
        return listener;
      },
    },
    threads: { take: () => false, setTls: (tls) => void given.push(tls) },
    late: { upgradeOver: (transport) => void transports.push(transport) },
    clientCaPem: pki.authority.certPem,
    currentPki,
    log: SILENT,
  });
  await ports.listen('127.0.0.1', 0);
});

afterEach(async () => {
  await ports.close();
  await api.close();
  await rm(directory, { recursive: true });
});

/** The certificate that the port shows, which the authority must have signed. */
async function shown({ authority }: Pki): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, ca: authority.certPem });
  await once(socket, 'secureConnect');
  const fingerprint = socket.getPeerX509Certificate()?.fingerprint256 ?? '';
  socket.destroy();
  return fingerprint;
}

const fingerprintOf = ({ server }: Pki) => new X509Certificate(server.certPem).fingerprint256;

it('keep their certificate while it is good', async () => {
  const before = ports.pki;
  await ports.renew();
  expect(ports.pki).toBe(before);
  expect(given).toEqual([]);
  expect(await shown(before)).toBe(fingerprintOf(before));
});

it('show a new certificate, on the threads too, when the old one nears its end', async () => {
  const before = ports.pki;
  now = new Date(now.getTime() + 300 * DAY_MS);
  await ports.renew();
  expect(fingerprintOf(ports.pki)).not.toBe(fingerprintOf(before));
  expect(ports.pki.authority).toEqual(before.authority);
  expect(given).toEqual([ports.tls]);
  expect(transports).toHaveLength(2);
  // The new one begins in the future of this machine: only its fingerprint can be looked at.
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  expect(socket.getPeerX509Certificate()?.fingerprint256).toBe(fingerprintOf(ports.pki));
  socket.destroy();
});

it('go on with the old certificate where no new one can be made', async () => {
  const before = ports.pki;
  now = new Date(now.getTime() + 300 * DAY_MS);
  await rm(directory, { recursive: true });
  await writeFile(directory, 'in the way');
  await ports.renew();
  expect(ports.pki).toBe(before);
  expect(await shown(before)).toBe(fingerprintOf(before));
});
