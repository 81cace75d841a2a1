import type { ApiServer } from '../api-server.ts';
import type { Listener } from '../http/http-listener.ts';
import { newTestTls } from './test-tls.ts';

/** TestListener is an open port of a test server, with what its clients need to trust it. */
export interface TestListener {
  readonly listener: Listener;
  /** `https://127.0.0.1:PORT`. */
  readonly url: string;
  readonly caPem: string;
}

/** listenForTest opens a free port on the loopback interface with certificates made for it. */
export async function listenForTest(server: ApiServer): Promise<TestListener> {
  const { authority, ...leaf } = await newTestTls('test');
  const tls = { ...leaf, clientCaPem: authority.certPem };
  const listener = await server.listen({ host: '127.0.0.1', port: 0, tls });
  return { listener, url: `https://127.0.0.1:${listener.port}`, caPem: authority.certPem };
}
