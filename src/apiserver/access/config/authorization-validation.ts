import { statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { type CelType, formatType } from '../../../cel/types/type.ts';
import { DurationError, parseDuration } from '../../../machinery/duration.ts';
import {
  duplicate,
  type FieldError,
  fieldErrorsText,
  invalid,
  notSupported,
  required,
  tooMany,
} from '../../../machinery/field-error.ts';
import { childPath, indexPath } from '../../../machinery/field-path.ts';
import { dnsSubdomainErrors } from '../../../machinery/names.ts';
import type {
  AuthorizationConfiguration,
  AuthorizerConfig,
  WebhookAuthorizerConfig,
} from './authorization-configuration.ts';
import { type ConfigExpression, compileExpression, REVIEWED } from './config-expressions.ts';
import { ConfigError } from './read-config.ts';

/** CheckedWebhook is the configuration of a webhook with its durations and conditions read. */
export interface CheckedWebhook {
  /** 0: what it allows, or refuses, is not remembered. */
  readonly authorizedTtlMs: number;
  readonly unauthorizedTtlMs: number;
  readonly timeoutMs: number;
  readonly version: string;
  readonly deniesOnError: boolean;
  readonly kubeconfig: string;
  readonly conditions: readonly ConfigExpression[];
}

/** CheckedAuthorizer is one of those that are asked. */
export interface CheckedAuthorizer {
  readonly type: string;
  readonly name: string;
  readonly webhook?: CheckedWebhook;
}

const AUTHORIZED_TTL_MS = 5 * 60_000;
const UNAUTHORIZED_TTL_MS = 30_000;
const MAX_TIMEOUT_MS = 30_000;
const MAX_CONDITIONS = 64;
const MODES = ['ABAC', 'AlwaysAllow', 'AlwaysDeny', 'Node', 'RBAC', 'Webhook'];
/** What this server has of them. */
const SERVED = new Set(['AlwaysAllow', 'AlwaysDeny', 'Node', 'RBAC', 'Webhook']);

const butGot = (type: CelType) => ` but got ${formatType(type)}`;

/** Reads one webhook, and collects what is wrong. */
class WebhookCheck {
  readonly errors: FieldError[] = [];
  readonly #config: WebhookAuthorizerConfig;
  readonly #path: string;

  constructor(config: WebhookAuthorizerConfig, path: string) {
    this.#config = config;
    this.#path = path;
  }

  read(): CheckedWebhook {
    const config = this.#config;
    const timeoutMs = this.#timeout(config.timeout ?? '');
    const allowed = this.#ttl('authorizedTTL', config.authorizedTTL, AUTHORIZED_TTL_MS);
    const refused = this.#ttl('unauthorizedTTL', config.unauthorizedTTL, UNAUTHORIZED_TTL_MS);
    this.#oneOf('subjectAccessReviewVersion', config.subjectAccessReviewVersion, ['v1', 'v1beta1']);
    this.#reviewedVersion();
    this.#oneOf('failurePolicy', config.failurePolicy, ['NoOpinion', 'Deny']);
    const kubeconfig = this.#connection();
    const conditions = this.#conditions();
    return {
      authorizedTtlMs: config.cacheAuthorizedRequests === false ? 0 : allowed,
      unauthorizedTtlMs: config.cacheUnauthorizedRequests === false ? 0 : refused,
      timeoutMs,
      version: config.subjectAccessReviewVersion ?? '',
      deniesOnError: config.failurePolicy === 'Deny',
      kubeconfig,
      conditions,
    };
  }

  #at(field: string): string {
    return childPath(this.#path, field);
  }

  #timeout(text: string): number {
    const at = this.#at('timeout');
    const ms = this.#duration(at, text);
    if (ms === 0) this.errors.push(required(at));
    else if (ms < 0 || ms > MAX_TIMEOUT_MS) {
      this.errors.push(invalid(at, text, 'must be > 0s and <= 30s'));
    }
    return ms;
  }

  #ttl(field: string, text: string | undefined, otherwise: number): number {
    const at = this.#at(field);
    const ms = this.#duration(at, text ?? '');
    if (ms < 0) this.errors.push(invalid(at, text, 'must be > 0s'));
    return ms === 0 ? otherwise : ms;
  }

  #duration(at: string, text: string): number {
    try {
      return text === '' ? 0 : parseDuration(text);
    } catch (error) {
      if (!(error instanceof DurationError)) throw error;
      this.errors.push(invalid(at, text, error.message));
      return 0;
    }
  }

  #oneOf(field: string, value: string | undefined, known: readonly string[]): void {
    const at = this.#at(field);
    if (!value) this.errors.push(required(at));
    else if (!known.includes(value)) this.errors.push(notSupported(at, value, known));
  }

  #reviewedVersion(): void {
    const { matchConditionSubjectAccessReviewVersion: version = '', matchConditions = [] } =
      this.#config;
    const at = this.#at('matchConditionSubjectAccessReviewVersion');
    if (version === '') {
      const text = 'required if match conditions are specified';
      if (matchConditions.length > 0) this.errors.push(required(at, text));
    } else if (version !== 'v1') this.errors.push(notSupported(at, version, ['v1']));
  }

  #connection(): string {
    const { type = '', kubeConfigFile: file = '' } = this.#config.connectionInfo ?? {};
    const at = this.#at('connectionInfo.kubeConfigFile');
    const typePath = this.#at('connectionInfo.type');
    if (type === '') this.errors.push(required(typePath));
    else if (type === 'InClusterConfig') {
      const text = 'this server is not one of the pods of a cluster; use KubeConfigFile';
      this.errors.push(invalid(typePath, type, text));
    } else if (type !== 'KubeConfigFile') {
      const known = ['InClusterConfig', 'KubeConfigFile'];
      this.errors.push(notSupported(typePath, type, known));
    } else if (file === '') this.errors.push(required(at));
    else if (!isAbsolute(file)) this.errors.push(invalid(at, file, 'must be an absolute path'));
    else this.#checkFile(file, at);
    return file;
  }

  #checkFile(file: string, at: string): void {
    const found = statSync(file, { throwIfNoEntry: false });
    if (!found) {
      const text = `error loading file: stat ${file}: no such file or directory`;
      this.errors.push(invalid(at, file, text));
    } else if (!found.isFile()) this.errors.push(invalid(at, file, 'must be a regular file'));
  }

  #conditions(): ConfigExpression[] {
    const { matchConditions = [] } = this.#config;
    const list = this.#at('matchConditions');
    if (matchConditions.length > MAX_CONDITIONS) {
      this.errors.push(tooMany(list, matchConditions.length, MAX_CONDITIONS));
      return [];
    }
    const seen = new Set<string>();
    return matchConditions.flatMap(({ expression = '' }, index) => {
      const at = childPath(indexPath(list, index), 'expression');
      if (expression.trim() === '') {
        this.errors.push(required(at));
        return [];
      }
      if (seen.has(expression)) {
        this.errors.push(duplicate(at, expression));
        return [];
      }
      seen.add(expression);
      const compiled = compileExpression(expression, at, {
        variable: REVIEWED,
        condition: butGot,
      });
      if ('expression' in compiled) return [compiled.expression];
      this.errors.push(compiled.error);
      return [];
    });
  }
}

function nameErrors(name: string, seen: ReadonlySet<string>, at: string): FieldError[] {
  if (name === '') return [required(at)];
  if (seen.has(name)) return [duplicate(at, name)];
  const errors = dnsSubdomainErrors(name);
  if (errors.length === 0) return [];
  return [invalid(at, name, `authorizer name is invalid: ${errors.join(', ')}`)];
}

function checkOne(
  { type = '', name = '', webhook }: AuthorizerConfig,
  path: string,
  seen: { readonly types: Set<string>; readonly names: Set<string> },
): { readonly errors: readonly FieldError[]; readonly checked?: CheckedAuthorizer } {
  const at = childPath(path, 'type');
  if (type === '') return { errors: [required(at)] };
  if (!MODES.includes(type)) return { errors: [notSupported(at, type, MODES)] };
  if (seen.types.has(type) && type !== 'Webhook') return { errors: [duplicate(at, type)] };
  seen.types.add(type);
  const errors = nameErrors(name, seen.names, childPath(path, 'name'));
  seen.names.add(name);
  if (!SERVED.has(type)) errors.push(invalid(at, type, 'this authorizer is not available'));
  const place = childPath(path, 'webhook');
  if (type !== 'Webhook') {
    const text = 'may only be specified when type=Webhook';
    if (webhook) errors.push(invalid(place, 'non-null', text));
    return { errors, checked: { type, name } };
  }
  if (!webhook) return { errors: [...errors, required(place, 'required when type=Webhook')] };
  const check = new WebhookCheck(webhook, path);
  const checked = { type, name, webhook: check.read() };
  return { errors: [...errors, ...check.errors], checked };
}

/**
 * checkAuthorization checks the configuration of all authorizers; those named must be among them,
 * as they were when the server started. Throws a ConfigError.
 */
export function checkAuthorization(
  { authorizers = [] }: AuthorizationConfiguration,
  demanded: readonly string[] = [],
): readonly CheckedAuthorizer[] {
  const errors: FieldError[] = [];
  if (authorizers.length === 0) {
    errors.push(required('authorizers', 'at least one authorization mode must be defined'));
  }
  const seen = { types: new Set<string>(), names: new Set<string>() };
  const checked = authorizers.flatMap((one, index) => {
    const found = checkOne(one, indexPath('authorizers', index), seen);
    errors.push(...found.errors);
    return found.checked ? [found.checked] : [];
  });
  if (errors.length > 0) throw new ConfigError(fieldErrorsText(errors));
  const misnamed = checked.find(
    ({ type, name }) => type !== 'Webhook' && name !== type.toLowerCase(),
  );
  if (misnamed) {
    const { type, name } = misnamed;
    throw new ConfigError(
      `expected name ${type.toLowerCase()} for authorizer ${type} instead of ${name}`,
    );
  }
  const missing = demanded.filter((type) => !seen.types.has(type));
  if (missing.length > 0) {
    throw new ConfigError(`missing required types: [${[...missing].sort().join(' ')}]`);
  }
  return checked;
}
