import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { newTestTls } from '../../../src/apiserver/testing/test-tls.ts';
import type { KubeObject } from '../../../src/machinery/object.ts';

/** ReviewRequest is the request of an AdmissionReview. */
export interface ReviewRequest {
  readonly uid: string;
  readonly operation: string;
  readonly name: string;
  readonly object: KubeObject | null;
  readonly options: { readonly kind: string } | null;
}

/** HookAnswer makes the response of a review; what it leaves out allows. */
export type HookAnswer = (request: ReviewRequest) => object;

/** Hooks is a webhook server: what it was asked, and how it answers by path; `/silent` never answers. */
export interface Hooks {
  readonly url: string;
  readonly caBundle: string;
  /** The certificate of the server itself, as some kits put it where an authority belongs. */
  readonly ownCertificate: string;
  readonly asked: { readonly path: string; readonly request: ReviewRequest }[];
  readonly answers: Map<string, HookAnswer>;
  connections(): number;
  close(): Promise<void>;
}

/** startHooks starts one on a free port. */
export async function startHooks(): Promise<Hooks> {
  const { authority, certPem, keyPem } = await newTestTls('hooks');
  const asked: Hooks['asked'] = [];
  const answers: Hooks['answers'] = new Map();
  let connections = 0;
  const server: Server = createServer({ cert: certPem, key: keyPem }, async (message, reply) => {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk as Buffer);
    const review = JSON.parse(Buffer.concat(chunks).toString());
    const path = (message.url ?? '').replace(/\?.*/, '');
    asked.push({ path, request: review.request });
    // Nobody is answered here, until the server is closed.
    if (path === '/silent') return;
    const answer = answers.get(path)?.(review.request);
    reply.statusCode = answer ? 200 : 404;
    const { uid } = review.request;
    const { apiVersion, kind } = review;
    reply.end(JSON.stringify({ apiVersion, kind, response: { uid, allowed: true, ...answer } }));
  });
  server.on('secureConnection', () => connections++);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    caBundle: Buffer.from(authority.certPem).toString('base64'),
    ownCertificate: Buffer.from(certPem).toString('base64'),
    asked,
    answers,
    connections: () => connections,
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** patch is an answer that changes the object. */
export const patch = (...operations: object[]) => ({
  patchType: 'JSONPatch',
  patch: Buffer.from(JSON.stringify(operations)).toString('base64'),
});
