import type { webcrypto } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { newTestTls } from '../../../src/apiserver/testing/test-tls.ts';

/** Review is what a webhook is asked: a TokenReview or a SubjectAccessReview. */
export interface Review {
  readonly apiVersion: string;
  readonly kind: string;
  readonly spec: Readonly<Record<string, unknown>>;
}

/** IdentityServer is a TLS server that is an OpenID issuer, and webhooks that answer reviews. */
export interface IdentityServer {
  readonly url: string;
  readonly caPem: string;
  /** What its webhooks were asked. */
  readonly asked: Review[];
  /** Answers the status of a review by the path at which it came; undefined: 500. */
  answer: (path: string, review: Review) => object | undefined;
  /** token signs claims, to which issuer, audience `app` and end are added. */
  token(claims: JWTPayload, algorithm?: 'RS256' | 'ES256'): Promise<string>;
  /** forged signs claims with a key that the issuer does not publish. */
  forged(claims: JWTPayload): Promise<string>;
  close(): Promise<void>;
}

/** startIdentityServer starts one on a free port. */
export async function startIdentityServer(): Promise<IdentityServer> {
  const { authority, certPem, keyPem } = await newTestTls('identity');
  const pairs = {
    RS256: await generateKeyPair('RS256', { extractable: true }),
    ES256: await generateKeyPair('ES256', { extractable: true }),
  };
  const foreign = await generateKeyPair('RS256');
  const keys = await Promise.all(
    Object.entries(pairs).map(async ([alg, { publicKey }]) => ({
      ...(await exportJWK(publicKey)),
      kid: alg,
      alg,
      use: 'sig',
    })),
  );
  const sign = (claims: JWTPayload, alg: 'RS256' | 'ES256', key: webcrypto.CryptoKey) =>
    new SignJWT({ iss: url, aud: 'app', exp: Math.floor(Date.now() / 1000) + 3600, ...claims })
      .setProtectedHeader({ alg, kid: alg })
      .sign(key);
  const server: Server = createServer({ cert: certPem, key: keyPem }, async (message, reply) => {
    const path = (message.url ?? '').replace(/\?.*/, '');
    const json = (value: object, code = 200) =>
      reply.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    if (path === '/.well-known/openid-configuration') {
      json({ issuer: url, jwks_uri: `${url}/keys` });
    } else if (path === '/keys') json({ keys });
    else if (path === '/groups') reply.end(await made.token({ groups: ['from-afar'] }));
    else {
      const chunks: Buffer[] = [];
      for await (const chunk of message) chunks.push(chunk as Buffer);
      const review = JSON.parse(Buffer.concat(chunks).toString()) as Review;
      made.asked.push(review);
      const status = made.answer(path, review);
      if (status) json({ ...review, status });
      else json({}, 403);
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const made: IdentityServer = {
    url,
    caPem: authority.certPem,
    asked: [],
    answer: () => undefined,
    token: (claims, algorithm = 'RS256') => sign(claims, algorithm, pairs[algorithm].privateKey),
    forged: (claims) => sign(claims, 'RS256', foreign.privateKey),
    async close() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
  return made;
}
