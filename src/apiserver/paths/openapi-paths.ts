import type { OpenApiDocument, OpenApiProvider } from '../contracts.ts';
import { type CoreRequest, type CoreResponse, headerOf } from '../request/core-request.ts';

type BytesResponse = Extract<CoreResponse, { kind: 'bytes' }>;
const EMPTY = Buffer.alloc(0);
const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

function answer(request: CoreRequest, document: OpenApiDocument): BytesResponse {
  const isKnown = headerOf(request.headers, 'if-none-match') === document.etag;
  return {
    kind: 'bytes',
    status: isKnown ? 304 : 200,
    contentType: document.contentType,
    bytes: isKnown ? EMPTY : document.bytes,
    headers: { ETag: document.etag, Vary: 'Accept' },
  };
}

const NOT_ACCEPTABLE: CoreResponse = {
  kind: 'bytes',
  status: 406,
  contentType: '',
  bytes: EMPTY,
  headers: { Vary: 'Accept' },
};

/** As upstream, which says nothing of a document that there is not. */
const NO_DOCUMENT: CoreResponse = { kind: 'bytes', status: 404, contentType: '', bytes: EMPTY };

/**
 * byHash answers a document that was asked for with the hash that the index has: it may be kept for
 * good, and another hash is sent on to the present one.
 */
function byHash(request: CoreRequest, document: OpenApiDocument): CoreResponse {
  const hash = request.query.get('hash');
  const known = answer(request, document);
  if (!hash) return known;
  const present = document.etag.replaceAll('"', '');
  const { headers } = known;
  if (hash !== present) {
    const Location = `${request.path}?hash=${present}`;
    return { ...known, status: 301, bytes: EMPTY, headers: { ...headers, Location } };
  }
  const Expires = new Date(Date.now() + YEAR_MS).toUTCString().replace('GMT', 'UTC');
  const kept = { ...headers, 'Cache-Control': 'public, immutable', Expires };
  return { ...known, headers: kept };
}

async function index(provider: OpenApiProvider): Promise<CoreResponse> {
  const { bytes } = await provider.v3Index();
  return { kind: 'bytes', status: 200, contentType: 'text/plain; charset=utf-8', bytes };
}

/** serveOpenApi answers `/openapi/v2` and `/openapi/v3…` from a provider; undefined: no such path. */
export async function serveOpenApi(
  provider: OpenApiProvider,
  request: CoreRequest,
): Promise<CoreResponse | undefined> {
  const accept = headerOf(request.headers, 'accept');
  const { path } = request;
  if (path === '/openapi/v2') {
    const document = await provider.v2(accept);
    return document ? answer(request, document) : NOT_ACCEPTABLE;
  }
  if (path === '/openapi/v3') return index(provider);
  if (!path.startsWith('/openapi/v3/')) return undefined;
  const document = await provider.v3(path.slice('/openapi/v3/'.length), accept);
  if (document === undefined) return NO_DOCUMENT;
  return document === 'unacceptable' ? NOT_ACCEPTABLE : byHash(request, document);
}
