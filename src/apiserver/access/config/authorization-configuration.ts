import { listOf, structOf, TEXT, YES_NO } from './config-schema.ts';
import { type ConfigKind, OF_ACCESS } from './read-config.ts';

/** WebhookAuthorizerConfig is a webhook that decides, as the file has it. Durations are Go's. */
export interface WebhookAuthorizerConfig {
  readonly authorizedTTL?: string;
  readonly cacheAuthorizedRequests?: boolean;
  readonly unauthorizedTTL?: string;
  readonly cacheUnauthorizedRequests?: boolean;
  readonly timeout?: string;
  readonly subjectAccessReviewVersion?: string;
  readonly matchConditionSubjectAccessReviewVersion?: string;
  readonly failurePolicy?: string;
  readonly connectionInfo?: { readonly type?: string; readonly kubeConfigFile?: string };
  readonly matchConditions?: readonly { readonly expression?: string }[];
}

/** AuthorizerConfig is one of those that are asked, in their order. */
export interface AuthorizerConfig {
  readonly type?: string;
  readonly name?: string;
  readonly webhook?: WebhookAuthorizerConfig;
}

/** AuthorizationConfiguration is the file of `--authorization-config`. */
export interface AuthorizationConfiguration {
  readonly authorizers?: readonly AuthorizerConfig[];
}

const WEBHOOK = structOf('WebhookConfiguration', {
  authorizedTTL: TEXT,
  cacheAuthorizedRequests: YES_NO,
  unauthorizedTTL: TEXT,
  cacheUnauthorizedRequests: YES_NO,
  timeout: TEXT,
  subjectAccessReviewVersion: TEXT,
  matchConditionSubjectAccessReviewVersion: TEXT,
  failurePolicy: TEXT,
  connectionInfo: structOf('WebhookConnectionInfo', { type: TEXT, kubeConfigFile: TEXT }),
  matchConditions: listOf(structOf('WebhookMatchCondition', { expression: TEXT })),
});

const AUTHORIZER = structOf('AuthorizerConfiguration', {
  type: TEXT,
  name: TEXT,
  webhook: WEBHOOK,
});

/** AUTHORIZATION_CONFIGURATION is how the file is decoded. */
export const AUTHORIZATION_CONFIGURATION: ConfigKind = {
  kind: 'AuthorizationConfiguration',
  ...OF_ACCESS,
  schema: structOf('AuthorizationConfiguration', { authorizers: listOf(AUTHORIZER) }),
};
