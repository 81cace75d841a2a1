import { readFile } from 'node:fs/promises';
import type { JwtAuthenticatorConfig } from '../../apiserver/access/config/authentication-configuration.ts';
import { SIGNING_ALGORITHMS } from '../../apiserver/access/jwt/token-verifier.ts';
import { type ApiFlags, listFlag } from '../platform/api-flags.ts';
import { UsageError } from '../platform/options.ts';

const FLAGS = [
  '--oidc-ca-file',
  '--oidc-client-id',
  '--oidc-groups-claim',
  '--oidc-groups-prefix',
  '--oidc-issuer-url',
  '--oidc-required-claim',
  '--oidc-signing-algs',
  '--oidc-username-claim',
  '--oidc-username-prefix',
] as const;

/** usesOidcFlags tells whether any of the `--oidc-*` flags was given. */
export function usesOidcFlags(flags: ApiFlags): boolean {
  return FLAGS.some((name) => flags[name] !== undefined);
}

/** Names other than addresses begin with the issuer, unless something else, or nothing (`-`), is wanted. */
function namePrefix(flags: ApiFlags, issuer: string, claim: string): string {
  const prefix = flags['--oidc-username-prefix'] ?? '';
  if (prefix === '-') return '';
  return prefix === '' && claim !== 'email' ? `${issuer}#` : prefix;
}

function requiredClaims(flags: ApiFlags) {
  return (flags['--oidc-required-claim'] ?? '')
    .split('\n')
    .filter((one) => one !== '')
    .map((pair) => {
      const [, claim = '', requiredValue = ''] = /^([^=]+)=(.*)$/s.exec(pair) ?? [];
      if (claim !== '') return { claim: claim.trim(), requiredValue: requiredValue.trim() };
      throw new UsageError(
        `invalid argument "${pair}" for "--oidc-required-claim" flag: malformed pair, expect string=string`,
      );
    });
}

/** OidcFlags is what the flags say: the issuer, and how its tokens may be signed. */
export interface OidcFlags {
  readonly config: JwtAuthenticatorConfig;
  readonly algorithms: readonly string[];
}

function algorithmsOf(flags: ApiFlags): string[] {
  const algorithms = listFlag(flags['--oidc-signing-algs'], ['RS256']);
  const unknown = algorithms.find((one) => !SIGNING_ALGORITHMS.includes(one));
  if (unknown === undefined) return algorithms;
  throw new UsageError(`oidc: unsupported signing alg: ${JSON.stringify(unknown)}`);
}

/** readOidcFlags reads the `--oidc-*` flags; undefined: there are none. Throws a UsageError. */
export async function readOidcFlags(flags: ApiFlags): Promise<OidcFlags | undefined> {
  if (!usesOidcFlags(flags)) return undefined;
  const url = flags['--oidc-issuer-url'] ?? '';
  const client = flags['--oidc-client-id'] ?? '';
  if (url === '' || client === '') {
    throw new UsageError(
      'oidc-issuer-url and oidc-client-id must be specified together when any oidc-* flags are set',
    );
  }
  const claim = flags['--oidc-username-claim'] ?? 'sub';
  const groups = flags['--oidc-groups-claim'] ?? '';
  const caFile = flags['--oidc-ca-file'];
  const config: JwtAuthenticatorConfig = {
    issuer: {
      url,
      audiences: [client],
      ...(caFile && { certificateAuthority: await readFile(caFile, 'utf8') }),
    },
    claimMappings: {
      username: { claim, prefix: namePrefix(flags, url, claim) },
      ...(groups !== '' && {
        groups: { claim: groups, prefix: flags['--oidc-groups-prefix'] ?? '' },
      }),
    },
    claimValidationRules: requiredClaims(flags),
  };
  return { config, algorithms: algorithmsOf(flags) };
}
