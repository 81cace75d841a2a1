import type { IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CONFIG_MAPS, PODS } from '../../apis/resource-types.ts';
import { sendTo } from '../testing/send-to.ts';
import { startTestApiServer, type TestApiServer } from '../testing/test-api-server.ts';
import { listenForTest, type TestListener } from '../testing/test-listener.ts';

const SLOW = '/api/v1/namespaces/ns/pods';
const FAST = '/api/v1/namespaces/ns/configmaps';
let api: TestApiServer;
let open: TestListener;
let asked: AbortSignal[];

beforeEach(async () => {
  asked = [];
  const storage = {
    get(_name: string, { signal }: { signal: AbortSignal }) {
      asked.push(signal);
      return new Promise<never>(() => undefined);
    },
  };
  api = await startTestApiServer(
    [
      { type: PODS, definition: 'io.k8s.api.core.v1.Pod', storage },
      { type: CONFIG_MAPS, definition: 'io.k8s.api.core.v1.ConfigMap' },
    ],
    { front: { requestTimeoutMs: 50, corsAllowedOrigins: ['^https://console\\.example\\.com$'] } },
  );
  open = await listenForTest(api.server);
});
afterEach(() => api.close());

describe('the filters of a server', () => {
  it('end what takes longer than a request may, and call it off', async () => {
    const answer = await sendTo(open, `${SLOW}/a`);
    expect(answer.status).toBe(504);
    expect(JSON.parse(answer.text)).toMatchObject({
      reason: 'Timeout',
      message: 'Timeout: request did not complete within the allotted timeout',
    });
    expect(asked.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it('leave the connection open where all of the request has come', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const late = await sendTo(open, `${SLOW}/a`, { agent });
    expect(late).toMatchObject({ status: 504 });
    expect(late.headers.connection).not.toBe('close');
    const cut = await new Promise<IncomingMessage>((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'content-length': 100 };
      const url = new URL(FAST, open.url);
      const request = httpsRequest(
        url,
        { ca: open.caPem, agent, method: 'POST', headers },
        resolve,
      );
      request.on('error', reject);
      request.write('{');
    });
    expect(cut.statusCode).toBe(504);
    expect(cut.headers.connection).toBe('close');
    cut.destroy();
    agent.destroy();
  });

  it('end it sooner for who asks for that, and refuse to understand what is no time', async () => {
    expect((await sendTo(open, `${SLOW}/a?timeout=1ms`)).status).toBe(504);
    expect((await sendTo(open, `${SLOW}/a?timeout=soon`)).status).toBe(400);
  });

  it('leave a watch alone', async () => {
    const answer = await sendTo(open, `${FAST}?watch=1&timeoutSeconds=1`);
    expect(answer).toMatchObject({ status: 200, text: '' });
  });

  it('let pages of the origins that may use the API, and no others', async () => {
    const from = (origin: string) => sendTo(open, FAST, { headers: { origin } });
    const allowed = await from('https://console.example.com');
    expect(allowed.headers['access-control-allow-origin']).toBe('https://console.example.com');
    const other = await from('https://other.example.com');
    expect(other.headers['access-control-allow-origin']).toBeUndefined();
  });
});
