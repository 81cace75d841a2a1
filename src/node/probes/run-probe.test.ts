import http from 'node:http';
import http2 from 'node:http2';
import type { AddressInfo, Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Probe } from '../../apis/core/v1/types.ts';
import { newFakeEngine } from '../../engine/fake/fake-engine.ts';
import { aContainer } from '../fake/pod-fixture.ts';
import { runProbe } from './run-probe.ts';

describe('runProbe', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  function listen(server: Server): Promise<number> {
    servers.push(server);
    return new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
    });
  }
  const run = (probe: Probe, port = 0) =>
    runProbe(
      {
        engine: newFakeEngine(),
        containerId: 'none',
        container: aContainer('main', { ports: [{ name: 'http', containerPort: port }] }),
        podIP: '127.0.0.1',
        timeoutMs: 300,
      },
      probe,
    );

  it.each([
    [200, 'success', ''],
    [302, 'success', ''],
    [404, 'failure', 'HTTP probe failed with statuscode: 404'],
    [500, 'failure', 'HTTP probe failed with statuscode: 500'],
  ])('takes an HTTP status %i as %s', async (code, outcome, message) => {
    const port = await listen(http.createServer((_, response) => response.writeHead(code).end()));
    expect(await run({ httpGet: { port: 'http', path: '/x' } }, port)).toEqual({
      outcome,
      message,
    });
  });

  it('says in the words of Go that nobody listens', async () => {
    const port = await listen(http.createServer());
    servers.pop()?.close();
    expect((await run({ httpGet: { port } })).message).toBe(
      `Get "http://127.0.0.1:${port}/": dial tcp 127.0.0.1:${port}: connect: connection refused`,
    );
    expect((await run({ tcpSocket: { port } })).message).toBe(
      `dial tcp 127.0.0.1:${port}: connect: connection refused`,
    );
  });

  it('does not wait longer than the timeout', async () => {
    const server = http.createServer(() => undefined);
    const port = await listen(server);
    expect((await run({ httpGet: { port } })).message).toContain('context deadline exceeded');
    server.closeAllConnections();
  });

  it('takes an open port as alive', async () => {
    const port = await listen(http.createServer());
    expect((await run({ tcpSocket: { port } })).outcome).toBe('success');
  });

  it.each([
    [1, 'success'],
    [2, 'failure'],
    [0, 'failure'],
  ])('asks a gRPC server for its health: %i is %s', async (status, outcome) => {
    const server = http2.createServer();
    server.on('stream', (stream, headers) => {
      expect(headers[':path']).toBe('/grpc.health.v1.Health/Check');
      stream.respond({ ':status': 200 }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
      const body = status === 0 ? [] : [0x08, status];
      stream.end(Buffer.from([0, 0, 0, 0, body.length, ...body]));
    });
    const port = await listen(server as unknown as Server);
    expect((await run({ grpc: { port } })).outcome).toBe(outcome);
  });

  it('errs where the probe itself cannot be run', async () => {
    expect((await run({ exec: { command: ['true'] } })).outcome).toBe('errored');
    expect(await run({ httpGet: { port: 'nonesuch' } })).toEqual({
      outcome: 'errored',
      message: "couldn't find port: nonesuch",
    });
  });
});
