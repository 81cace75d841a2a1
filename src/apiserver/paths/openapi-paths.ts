import { newNotAcceptable } from '../../machinery/status-error.ts';
import type { OpenApiDocument, OpenApiProvider } from '../contracts.ts';
import { type CoreRequest, type CoreResponse, headerOf } from '../request/core-request.ts';

function answer(request: CoreRequest, document: OpenApiDocument): CoreResponse {
  const isKnown = headerOf(request.headers, 'if-none-match') === document.etag;
  return {
    kind: 'bytes',
    status: isKnown ? 304 : 200,
    contentType: document.contentType,
    bytes: isKnown ? Buffer.alloc(0) : document.bytes,
    headers: { ETag: document.etag, Vary: 'Accept' },
  };
}

/** serveOpenApi answers `/openapi/v2` and `/openapi/v3…` from a provider; undefined: no such path. */
export function serveOpenApi(
  provider: OpenApiProvider,
  request: CoreRequest,
): CoreResponse | undefined {
  const accept = headerOf(request.headers, 'accept');
  const { path } = request;
  if (path === '/openapi/v2') {
    const document = provider.v2(accept);
    if (!document) throw newNotAcceptable(['application/json']);
    return answer(request, document);
  }
  if (path === '/openapi/v3') return answer(request, provider.v3Index());
  if (!path.startsWith('/openapi/v3/')) return undefined;
  const document = provider.v3(path.slice('/openapi/v3/'.length), accept);
  return document && answer(request, document);
}
