import { newNoRepresentation, newPathMethodNotAllowed } from '../../machinery/status-error.ts';
import { type CoreRequest, type CoreResponse, headerOf } from '../request/core-request.ts';
import { ISSUER } from './service-account-tokens.ts';
import {
  JWKS_PATH,
  keySetOf,
  OPENID_CONFIGURATION_PATH,
  openIdConfigurationOf,
  type VerificationKey,
} from './signing-keys.ts';

const KEY_SET = 'application/jwk-set+json';
const CACHE = { 'cache-control': 'public, max-age=3600' };

function document(value: object, contentType: string): CoreResponse {
  const bytes = Buffer.from(JSON.stringify(value));
  return { kind: 'bytes', status: 200, contentType, bytes, headers: CACHE };
}

function accepts(accept: string, type: string): boolean {
  if (accept === '') return true;
  const wanted = accept.split(',').map((one) => (one.split(';')[0] ?? '').trim());
  return wanted.some((one) => one === '*/*' || one === type || one === 'application/*');
}

/**
 * newOpenIdPaths serves what others need to check service account tokens themselves: OpenID
 * discovery and the public keys. RBAC decides who may read them.
 */
export function newOpenIdPaths(keys: readonly VerificationKey[]) {
  return async (request: CoreRequest): Promise<CoreResponse | undefined> => {
    const accept = headerOf(request.headers, 'accept');
    // Clients made from upstream's OpenAPI document ask with a slash at the end.
    const path = request.path.replace(/\/$/, '');
    if (path !== OPENID_CONFIGURATION_PATH && path !== JWKS_PATH) return undefined;
    if (request.method !== 'GET') throw newPathMethodNotAllowed();
    if (path === OPENID_CONFIGURATION_PATH) {
      if (!accepts(accept, 'application/json')) throw newNoRepresentation(['application/json']);
      return document(openIdConfigurationOf(ISSUER, keys), 'application/json');
    }
    if (!accepts(accept, KEY_SET)) throw newNoRepresentation([KEY_SET]);
    return document(keySetOf(keys), KEY_SET);
  };
}
