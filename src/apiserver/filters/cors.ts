import type { CoreAnswer } from '../request/core-request.ts';
import { headerOf } from '../request/core-request.ts';
import type { Filter } from './filter.ts';

const METHODS = 'POST, GET, OPTIONS, PUT, DELETE, PATCH';
const HEADERS =
  'Content-Type, Content-Length, Accept-Encoding, X-CSRF-Token, Authorization, X-Requested-With, If-Modified-Since';

const PREFLIGHT: CoreAnswer = {
  response: {
    kind: 'bytes',
    status: 204,
    contentType: 'text/plain; charset=utf-8',
    bytes: Buffer.alloc(0),
  },
  warnings: [],
};

/**
 * cors lets pages of the allowed origins (regular expressions) use the API from a browser. Undefined:
 * none is allowed, and nothing is done.
 */
export function cors(allowedOrigins: readonly string[]): Filter | undefined {
  if (allowedOrigins.length === 0) return undefined;
  const allowed = allowedOrigins.map((one) => new RegExp(one, 'i'));
  return (next) => (request) => {
    const origin = headerOf(request.headers, 'origin');
    if (origin === '' || !allowed.some((one) => one.test(origin))) return next(request);
    Object.assign(request.answerHeaders, {
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Allow-Methods': METHODS,
      'Access-Control-Allow-Headers': HEADERS,
      'Access-Control-Expose-Headers': 'Date',
      'Access-Control-Allow-Credentials': 'true',
    });
    return request.method === 'OPTIONS' ? Promise.resolve(PREFLIGHT) : next(request);
  };
}
