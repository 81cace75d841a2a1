import { readFile } from 'node:fs/promises';
import {
  type AnonymousConfig,
  AUTHENTICATION_CONFIGURATION,
  type AuthenticationConfiguration,
} from '../../apiserver/access/config/authentication-configuration.ts';
import { ConfigError, readConfig } from '../../apiserver/access/config/read-config.ts';
import {
  type CheckedJwt,
  checkJwts,
  demandValid,
  JwtAuthenticators,
} from '../../apiserver/access/jwt/jwt-authenticators.ts';
import { SIGNING_ALGORITHMS } from '../../apiserver/access/jwt/token-verifier.ts';
import { newReviewClient } from '../../apiserver/access/remote/review-client.ts';
import { newTokenWebhook } from '../../apiserver/access/remote/token-webhook.ts';
import { ISSUER } from '../../apiserver/access/service-account-tokens.ts';
import type { TokenCheck } from '../../apiserver/access/token-outcome.ts';
import type { ApiLog } from '../../apiserver/contracts.ts';
import { readKubeconfigConnection } from '../../client/kubeconfig-connection.ts';
import { deepEqual } from '../../machinery/deep-equal.ts';
import { forbidden, invalid } from '../../machinery/field-error.ts';
import type { ApiFlags } from '../platform/api-flags.ts';
import { UsageError } from '../platform/options.ts';
import { watchConfig } from './config-watch.ts';
import { readOidcFlags, usesOidcFlags } from './oidc-flags.ts';
import { booleanFlag, durationFlag } from './typed-flags.ts';

const RELOAD_TIMEOUT_MS = 60_000;
const WEBHOOK_TIMEOUT_MS = 30_000;
const WEBHOOK_TTL_MS = 2 * 60_000;

/** Logins are the ways to log in that somebody else vouches for. */
export interface Logins {
  /** In the order in which they are asked. */
  readonly tokens: readonly TokenCheck[];
  /** Whether a request without credentials is served, by its path. */
  anonymous(path: string): boolean;
  close(): Promise<void>;
}

/** LoginParts is what logins need of the server. */
export interface LoginParts {
  readonly log: ApiLog;
  now(): Date;
}

function checkConfig({ jwt = [], anonymous }: AuthenticationConfiguration): readonly CheckedJwt[] {
  const { errors, checked } = checkJwts(jwt, [ISSUER]);
  const wrong =
    anonymous && !anonymous.enabled && anonymous.conditions?.length
      ? [
          invalid(
            'anonymous.conditions',
            anonymous.conditions,
            'enabled should be set to true when conditions are defined',
          ),
        ]
      : [];
  demandValid([...errors, ...wrong]);
  return checked;
}

function parseConfig(text: string): Promise<AuthenticationConfiguration> {
  if (text === '') throw new ConfigError('empty config data');
  return readConfig<AuthenticationConfiguration>(text, AUTHENTICATION_CONFIGURATION);
}

function anonymousRule(flags: ApiFlags, config: AnonymousConfig | undefined): Logins['anonymous'] {
  const flag = booleanFlag(flags, '--anonymous-auth');
  if (!config) return () => flag !== false;
  if (flag !== undefined) {
    throw new UsageError(
      'anonymous: Forbidden: --anonymous-auth flag cannot be set when anonymous field is configured in authentication configuration file',
    );
  }
  const { enabled = false, conditions = [] } = config;
  const paths = new Set(conditions.map(({ path = '' }) => path));
  return (path) => enabled && (paths.size === 0 || paths.has(path));
}

/** What `--authentication-config` or the `--oidc-*` flags say of issuers. */
interface Issuers {
  readonly authenticators: JwtAuthenticators;
  readonly anonymous: AnonymousConfig | undefined;
  stopWatching(): void;
}

async function fromFlags(flags: ApiFlags, { log, now }: LoginParts): Promise<Issuers> {
  const oidc = await readOidcFlags(flags);
  const checked = checkConfig({ jwt: oidc ? [oidc.config] : [] });
  const parts = { algorithms: oidc?.algorithms ?? [], apiAudience: ISSUER, log, now };
  const authenticators = new JwtAuthenticators(checked, parts);
  return { authenticators, anonymous: undefined, stopWatching: () => undefined };
}

async function fromFile(path: string, { log, now }: LoginParts): Promise<Issuers> {
  const text = await readFile(path, 'utf8');
  const { jwt = [], anonymous } = await parseConfig(text).catch((error: Error) => {
    throw new ConfigError(
      `failed to load authentication configuration from file ${JSON.stringify(path)}: ${error.message}`,
      { cause: error },
    );
  });
  const parts = { algorithms: SIGNING_ALGORITHMS, apiAudience: ISSUER, log, now };
  const authenticators = new JwtAuthenticators(
    checkConfig({ jwt, ...(anonymous && { anonymous }) }),
    parts,
  );
  const apply = async (changed: string) => {
    const config = await parseConfig(changed);
    const checked = checkConfig(config);
    if (!deepEqual(config.anonymous, anonymous)) {
      demandValid([forbidden('anonymous', 'changed from initial configuration file')]);
    }
    await authenticators.replace(checked, RELOAD_TIMEOUT_MS);
  };
  const stopWatching = watchConfig({ path, text, log, apply });
  return { authenticators, anonymous, stopWatching };
}

async function webhookOf(flags: ApiFlags, now: () => Date) {
  const path = flags['--authentication-token-webhook-config-file'];
  if (!path) return undefined;
  const version = flags['--authentication-token-webhook-version'] ?? 'v1beta1';
  if (version !== 'v1' && version !== 'v1beta1') {
    throw new UsageError(
      `unsupported webhook authenticator version ${JSON.stringify(version)}, supported versions are "v1", "v1beta1"`,
    );
  }
  const connection = await readKubeconfigConnection(path);
  const client = newReviewClient({ connection, timeoutMs: WEBHOOK_TIMEOUT_MS });
  const cacheTtlMs =
    durationFlag(flags, '--authentication-token-webhook-cache-ttl') ?? WEBHOOK_TTL_MS;
  const check = newTokenWebhook({ client, version, cacheTtlMs, apiAudience: ISSUER, now });
  return { check, close: () => client.close() };
}

/** readLogins reads what the flags say of logins. Throws a UsageError or a ConfigError. */
export async function readLogins(flags: ApiFlags, parts: LoginParts): Promise<Logins> {
  const path = flags['--authentication-config'];
  if (path && usesOidcFlags(flags)) {
    throw new UsageError('authentication-config file and oidc-* flags are mutually exclusive');
  }
  const issuers = await (path ? fromFile(path, parts) : fromFlags(flags, parts));
  const anonymous = anonymousRule(flags, issuers.anonymous);
  const webhook = await webhookOf(flags, parts.now);
  return {
    tokens: [issuers.authenticators.check, ...(webhook ? [webhook.check] : [])],
    anonymous,
    async close() {
      issuers.stopWatching();
      await Promise.all([issuers.authenticators.close(), webhook?.close()]);
    },
  };
}
