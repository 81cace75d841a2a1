import { resolve } from 'node:path';

/**
 * API_FLAGS are the flags of kube-apiserver that the platform takes, with what their value is, and
 * `--api-threads`, how many threads serve the API beside the main one. They are handed on to the
 * server as they are.
 */
const API_FLAGS = {
  '--admission-control-config-file': 'path',
  '--anonymous-auth': 'boolean',
  '--api-threads': 'number',
  '--audit-log-maxage': 'number',
  '--audit-log-maxbackup': 'number',
  '--audit-log-maxsize': 'number',
  '--audit-log-path': 'path',
  '--audit-policy-file': 'path',
  '--authentication-config': 'path',
  '--authentication-token-webhook-cache-ttl': 'duration',
  '--authentication-token-webhook-config-file': 'path',
  '--authentication-token-webhook-version': 'text',
  '--authorization-config': 'path',
  '--authorization-mode': 'list',
  '--authorization-webhook-cache-authorized-ttl': 'duration',
  '--authorization-webhook-cache-unauthorized-ttl': 'duration',
  '--authorization-webhook-config-file': 'path',
  '--authorization-webhook-version': 'text',
  '--cors-allowed-origins': 'list',
  '--enable-bootstrap-token-auth': 'boolean',
  '--encryption-provider-config': 'path',
  '--max-mutating-requests-inflight': 'number',
  '--max-requests-inflight': 'number',
  '--oidc-ca-file': 'path',
  '--oidc-client-id': 'text',
  '--oidc-groups-claim': 'text',
  '--oidc-groups-prefix': 'text',
  '--oidc-issuer-url': 'text',
  '--oidc-required-claim': 'repeated',
  '--oidc-signing-algs': 'list',
  '--oidc-username-claim': 'text',
  '--oidc-username-prefix': 'text',
  '--request-timeout': 'duration',
  '--requestheader-allowed-names': 'list',
  '--requestheader-client-ca-file': 'path',
  '--requestheader-extra-headers-prefix': 'list',
  '--requestheader-group-headers': 'list',
  '--requestheader-uid-headers': 'list',
  '--requestheader-username-headers': 'list',
  '--token-auth-file': 'path',
} as const satisfies Readonly<
  Record<string, 'path' | 'list' | 'boolean' | 'number' | 'duration' | 'text' | 'repeated'>
>;

/** ApiFlagName is the name of one of them. */
export type ApiFlagName = keyof typeof API_FLAGS;

/** ApiFlags are the flags that were given, by name, as text. */
export type ApiFlags = Readonly<Partial<Record<ApiFlagName, string>>>;

/** API_FLAG_NAMES are all of them. */
export const API_FLAG_NAMES = Object.keys(API_FLAGS) as readonly ApiFlagName[];

/** isApiFlag tells whether a flag is one of kube-apiserver's. */
export function isApiFlag(name: string): name is ApiFlagName {
  return Object.hasOwn(API_FLAGS, name);
}

/** isApiSwitch tells whether a flag that stands alone is on. */
export function isApiSwitch(name: string): boolean {
  return isApiFlag(name) && API_FLAGS[name] === 'boolean';
}

/**
 * apiFlagValue completes a value: paths become absolute, as the server runs elsewhere, and what a
 * flag says that may be repeated follows, on a line of its own, what it said before.
 */
export function apiFlagValue(name: ApiFlagName, value: string, before?: string): string {
  if (API_FLAGS[name] === 'repeated' && before !== undefined) return `${before}\n${value}`;
  return API_FLAGS[name] === 'path' && value !== '' && value !== '-' ? resolve(value) : value;
}

/** apiFlagArguments are the flags as arguments of a command. */
export function apiFlagArguments(flags: ApiFlags): string[] {
  return Object.entries(flags).flatMap(([name, value]) =>
    isApiFlag(name) && API_FLAGS[name] === 'repeated'
      ? value.split('\n').map((one) => `${name}=${one}`)
      : [`${name}=${value}`],
  );
}

/** listFlag splits a flag that is a list; `otherwise` is its default. */
export function listFlag(value: string | undefined, otherwise: readonly string[]): string[] {
  if (value === undefined) return [...otherwise];
  return value.split(',').filter((one) => one !== '');
}
