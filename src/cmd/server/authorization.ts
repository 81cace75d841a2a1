import { readFile } from 'node:fs/promises';
import type { ChainLink } from '../../apiserver/access/authorizer-chain.ts';
import {
  AUTHORIZATION_CONFIGURATION,
  type AuthorizationConfiguration,
  type AuthorizerConfig,
} from '../../apiserver/access/config/authorization-configuration.ts';
import {
  type CheckedAuthorizer,
  type CheckedWebhook,
  checkAuthorization,
} from '../../apiserver/access/config/authorization-validation.ts';
import { ConfigError, readConfig } from '../../apiserver/access/config/read-config.ts';
import { AuthorizationWebhook } from '../../apiserver/access/remote/authorization-webhook.ts';
import { newReviewClient } from '../../apiserver/access/remote/review-client.ts';
import type { ApiLog } from '../../apiserver/contracts.ts';
import type { AuthorizationMetrics } from '../../apiserver/metrics/authorization-metrics.ts';
import { readKubeconfigConnection } from '../../client/kubeconfig-connection.ts';
import { type ApiFlags, listFlag } from '../platform/api-flags.ts';
import { UsageError } from '../platform/options.ts';
import { watchConfig } from './config-watch.ts';
import { durationFlag } from './typed-flags.ts';

const DEFAULT_MODES = ['Node', 'RBAC'];
const MODES = new Set(['AlwaysAllow', 'AlwaysDeny', 'Node', 'RBAC', 'Webhook']);
const AUTHORIZED_TTL_MS = 5 * 60_000;
const UNAUTHORIZED_TTL_MS = 30_000;
const TIMEOUT_MS = 30_000;
const FLAGS = [
  '--authorization-mode',
  '--authorization-webhook-cache-authorized-ttl',
  '--authorization-webhook-cache-unauthorized-ttl',
  '--authorization-webhook-config-file',
  '--authorization-webhook-version',
] as const;

/** BuiltInAuthorizers are those that ask nobody else. */
export interface BuiltInAuthorizers {
  readonly Node: ChainLink['authorize'];
  readonly RBAC: ChainLink['authorize'];
}

/** Authorization is which authorizers decide, in which order. */
export interface Authorization {
  readonly metrics: AuthorizationMetrics;
  /** links answers the authorizers as they are configured now. */
  links(builtIn: BuiltInAuthorizers): () => readonly ChainLink[];
  close(): Promise<void>;
}

interface AuthorizationParts {
  readonly metrics: AuthorizationMetrics;
  readonly log: ApiLog;
  now(): Date;
}

/** An authorizer with the webhook that it is, if it is one. */
interface Made {
  readonly type: string;
  readonly name: string;
  readonly webhook?: AuthorizationWebhook;
}

async function newWebhook(
  name: string,
  config: CheckedWebhook,
  { metrics, now }: AuthorizationParts,
): Promise<AuthorizationWebhook> {
  const connection = await readKubeconfigConnection(config.kubeconfig);
  const client = newReviewClient({
    connection,
    timeoutMs: config.timeoutMs,
    onCall(seconds, failure) {
      const result = failure ? (failure.isTimeout ? 'timeout' : 'error') : 'success';
      metrics.calls.with(name, result).inc();
      metrics.callDuration.with(name, result).observe(seconds);
    },
  });
  return new AuthorizationWebhook({ name, config, client, metrics, now });
}

function make(
  checked: readonly CheckedAuthorizer[],
  parts: AuthorizationParts,
): Promise<readonly Made[]> {
  return Promise.all(
    checked.map(async ({ type, name, webhook }) => ({
      type,
      name,
      ...(webhook && { webhook: await newWebhook(name, webhook, parts) }),
    })),
  );
}

const closeAll = (made: readonly Made[]) =>
  Promise.all(made.map(({ webhook }) => webhook?.close()));

function checkModes(flags: ApiFlags): string[] {
  const modes = listFlag(flags['--authorization-mode'], DEFAULT_MODES);
  if (modes.length === 0) throw new UsageError('at least one authorization-mode must be passed');
  for (const mode of modes) {
    if (MODES.has(mode)) continue;
    throw new UsageError(`authorization-mode ${JSON.stringify(mode)} is not a valid mode`);
  }
  if (new Set(modes).size < modes.length) {
    const list = modes.map((one) => JSON.stringify(one)).join(' ');
    throw new UsageError(`authorization-mode [${list}] has mode specified more than once`);
  }
  const hasFile = Boolean(flags['--authorization-webhook-config-file']);
  if (modes.includes('Webhook') && !hasFile) {
    throw new UsageError("authorization-mode Webhook's authorization config file not passed");
  }
  if (hasFile && !modes.includes('Webhook')) {
    throw new UsageError('cannot specify --authorization-webhook-config-file without mode Webhook');
  }
  return modes;
}

/** What the flags say, in the form that the file has. */
function fromFlags(flags: ApiFlags): readonly CheckedAuthorizer[] {
  const version = flags['--authorization-webhook-version'] ?? 'v1beta1';
  const ttl = (outcome: 'authorized' | 'unauthorized') =>
    durationFlag(flags, `--authorization-webhook-cache-${outcome}-ttl`);
  return checkModes(flags).map((type) => {
    if (type !== 'Webhook') return { type, name: type.toLowerCase() };
    if (version !== 'v1' && version !== 'v1beta1') {
      throw new UsageError(
        `unsupported webhook authorizer version ${JSON.stringify(version)}, supported versions are "v1", "v1beta1"`,
      );
    }
    const webhook: CheckedWebhook = {
      authorizedTtlMs: ttl('authorized') ?? AUTHORIZED_TTL_MS,
      unauthorizedTtlMs: ttl('unauthorized') ?? UNAUTHORIZED_TTL_MS,
      timeoutMs: TIMEOUT_MS,
      version,
      deniesOnError: false,
      kubeconfig: flags['--authorization-webhook-config-file'] ?? '',
      conditions: [],
    };
    return { type, name: 'default', webhook };
  });
}

async function parseFile(text: string): Promise<readonly AuthorizerConfig[]> {
  if (text === '') return [];
  const { authorizers = [] } = await readConfig<AuthorizationConfiguration>(
    text,
    AUTHORIZATION_CONFIGURATION,
  ).catch((error: Error) => {
    throw new ConfigError(`failed to load AuthorizationConfiguration from file: ${error.message}`, {
      cause: error,
    });
  });
  return authorizers;
}

function linkOf({ type, name, webhook }: Made, builtIn: BuiltInAuthorizers): ChainLink {
  if (webhook) return { type, name, authorize: (attributes) => webhook.authorize(attributes) };
  if (type === 'Node' || type === 'RBAC') return { type, name, authorize: builtIn[type] };
  if (type === 'AlwaysAllow') return { type, name, authorize: () => ({ allowed: true }) };
  const reason = 'Everything is forbidden.';
  return { type, name, authorize: () => ({ allowed: false, reason }) };
}

/** firstAuthorizers are those of the flags, or of the file that they name. */
async function firstAuthorizers(flags: ApiFlags) {
  const path = flags['--authorization-config'];
  if (path === undefined) return { path, text: '', first: fromFlags(flags) };
  if (FLAGS.some((name) => flags[name] !== undefined)) {
    throw new UsageError(
      '--authorization-config can not be specified when --authorization-mode or --authorization-webhook-* flags are defined',
    );
  }
  const text = await readFile(path, 'utf8');
  return { path, text, first: checkAuthorization({ authorizers: await parseFile(text) }) };
}

/** demandNoneAdded: a changed file brings no authorizer that keeps what it knows from the start on. */
function demandNoneAdded(
  checked: ReturnType<typeof checkAuthorization>,
  kept: readonly string[],
): void {
  const added = checked.find(({ type }) => type !== 'Webhook' && !kept.includes(type));
  if (added?.type !== 'Node' && added?.type !== 'RBAC') return;
  throw new ConfigError(
    `authorizer type ${added.type} is not allowed if it was not enabled at initial server startup`,
  );
}

/**
 * readAuthorization reads what the flags, or the file that they name, say of authorizers; the file
 * is followed. Throws a UsageError or a ConfigError.
 */
export async function readAuthorization(
  flags: ApiFlags,
  parts: AuthorizationParts,
): Promise<Authorization> {
  const { path, text, first } = await firstAuthorizers(flags);
  let current = await make(first, parts);
  const kept = first.map(({ type }) => type).filter((type) => type !== 'Webhook');
  const apply = async (changed: string) => {
    const checked = checkAuthorization({ authorizers: await parseFile(changed) }, kept);
    demandNoneAdded(checked, kept);
    const former = current;
    current = await make(checked, parts);
    await closeAll(former);
  };
  const stop =
    path === undefined ? () => undefined : watchConfig({ path, text, log: parts.log, apply });
  return {
    metrics: parts.metrics,
    links(builtIn) {
      let made: readonly Made[] | undefined;
      let links: readonly ChainLink[] = [];
      return () => {
        if (made !== current) {
          made = current;
          links = current.map((one) => linkOf(one, builtIn));
        }
        return links;
      };
    },
    async close() {
      stop();
      await closeAll(current);
    },
  };
}
