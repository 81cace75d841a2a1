import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto';

/** VerificationKey checks the signatures of one key; `id` is what tokens call it. */
export interface VerificationKey {
  readonly id: string;
  readonly key: KeyObject;
}

/** JWKS_PATH is where the public keys are served. */
export const JWKS_PATH = '/openid/v1/jwks';
/** OPENID_CONFIGURATION_PATH is where OpenID clients look first. */
export const OPENID_CONFIGURATION_PATH = '/.well-known/openid-configuration';

/** privateKeyOf reads a PEM private key. */
export function privateKeyOf(pem: string): KeyObject {
  return createPrivateKey(pem);
}

/** verificationKeyOf reads a public key, or the public half of a private one, PEM. */
export function verificationKeyOf(pem: string): VerificationKey {
  const key = createPublicKey(pem);
  const der = key.export({ type: 'spki', format: 'der' });
  return { id: createHash('sha256').update(der).digest('base64url'), key };
}

/** algorithmOf is the JWT algorithm of a key. */
export function algorithmOf(key: KeyObject): string {
  if (key.asymmetricKeyType === 'rsa') return 'RS256';
  return key.asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'ES384' : 'ES256';
}

/** keySetOf is the JSON Web Key Set of some keys (RFC 7517), fields as kube-apiserver orders them. */
export function keySetOf(keys: readonly VerificationKey[]): { keys: JsonWebKey[] } {
  return {
    keys: keys.map(({ id, key }) => {
      const { kty, crv, x, y, n, e } = key.export({ format: 'jwk' });
      const parts = { crv, x, y, n, e };
      const present = Object.entries(parts).filter(([, value]) => value !== undefined);
      return { use: 'sig', kty, kid: id, alg: algorithmOf(key), ...Object.fromEntries(present) };
    }),
  };
}

/** openIdConfigurationOf is the discovery document of an issuer of service account tokens. */
export function openIdConfigurationOf(issuer: string, keys: readonly VerificationKey[]): object {
  return {
    issuer,
    jwks_uri: `${issuer}${JWKS_PATH}`,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [...new Set(keys.map(({ key }) => algorithmOf(key)))],
  };
}
