import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { newWebhookClient, type WebhookClient } from './webhook-client.ts';

let server: Server;
let client: WebhookClient;
let url: string;
let held: ServerResponse[];

beforeEach(async () => {
  held = [];
  server = createServer((request, response) => {
    if (request.url?.startsWith('/held')) held.push(response);
    else response.end('{"response":{}}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  client = newWebhookClient(() => Promise.reject(new Error('there are no services')));
});

afterEach(async () => {
  await client.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

it('ends a call that takes too long, in the words of Go', async () => {
  const late = client.post({ url: `${url}/held` }, {}, { timeoutMs: 50 });
  await expect(late).rejects.toThrow(/^Post ".*\/held\?timeout=1s": context deadline exceeded$/);
});

it('ends a call with the signal of who waits for it', async () => {
  const aborter = new AbortController();
  const { signal } = aborter;
  const calling = client.post({ url: `${url}/held` }, {}, { timeoutMs: 10_000, signal });
  await expect.poll(() => held.length).toBe(1);
  aborter.abort();
  await expect(calling).rejects.toThrow('aborted');
  await expect(client.post({ url }, {}, { timeoutMs: 10_000, signal })).rejects.toThrow('aborted');
});
