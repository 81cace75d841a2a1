import { listOf, structOf, TEXT, YES_NO } from './config-schema.ts';
import { type ConfigKind, OF_ACCESS } from './read-config.ts';

/** PrefixedClaimOrExpression is where a name or the groups of a user come from. */
export interface PrefixedClaimOrExpression {
  readonly claim?: string;
  readonly prefix?: string;
  readonly expression?: string;
}

/** ClaimValidationRule is what the claims of a token must fulfil. */
export interface ClaimValidationRule {
  readonly claim?: string;
  readonly requiredValue?: string;
  readonly expression?: string;
  readonly message?: string;
}

/** UserValidationRule is what the user that was found must fulfil. */
export interface UserValidationRule {
  readonly expression?: string;
  readonly message?: string;
}

/** ClaimMappings say how claims become a user. */
export interface ClaimMappings {
  readonly username?: PrefixedClaimOrExpression;
  readonly groups?: PrefixedClaimOrExpression;
  readonly uid?: { readonly claim?: string; readonly expression?: string };
  readonly extra?: readonly { readonly key?: string; readonly valueExpression?: string }[];
}

/** JwtIssuer is who signs the tokens, and for whom. */
export interface JwtIssuer {
  readonly url?: string;
  readonly discoveryURL?: string;
  readonly certificateAuthority?: string;
  readonly audiences?: readonly string[];
  readonly audienceMatchPolicy?: string;
  readonly egressSelectorType?: string;
}

/** JwtAuthenticatorConfig is one issuer whose tokens log in. */
export interface JwtAuthenticatorConfig {
  readonly issuer?: JwtIssuer;
  readonly claimValidationRules?: readonly ClaimValidationRule[];
  readonly claimMappings?: ClaimMappings;
  readonly userValidationRules?: readonly UserValidationRule[];
}

/** AnonymousConfig says whether, and for which paths, requests without credentials are served. */
export interface AnonymousConfig {
  readonly enabled?: boolean;
  readonly conditions?: readonly { readonly path?: string }[];
}

/** AuthenticationConfiguration is the file of `--authentication-config`. */
export interface AuthenticationConfiguration {
  readonly jwt?: readonly JwtAuthenticatorConfig[];
  readonly anonymous?: AnonymousConfig;
}

const EXPRESSION = { expression: TEXT };
const MAPPED = structOf('PrefixedClaimOrExpression', {
  claim: TEXT,
  prefix: TEXT,
  ...EXPRESSION,
});

const ISSUER = structOf('Issuer', {
  url: TEXT,
  discoveryURL: TEXT,
  certificateAuthority: TEXT,
  audiences: listOf(TEXT),
  audienceMatchPolicy: TEXT,
  egressSelectorType: TEXT,
});

const CLAIM_RULE = structOf('ClaimValidationRule', {
  claim: TEXT,
  requiredValue: TEXT,
  message: TEXT,
  ...EXPRESSION,
});

const MAPPINGS = structOf('ClaimMappings', {
  username: MAPPED,
  groups: MAPPED,
  uid: structOf('ClaimOrExpression', { claim: TEXT, ...EXPRESSION }),
  extra: listOf(structOf('ExtraMapping', { key: TEXT, valueExpression: TEXT })),
});

const JWT = structOf('JWTAuthenticator', {
  issuer: ISSUER,
  claimValidationRules: listOf(CLAIM_RULE),
  claimMappings: MAPPINGS,
  userValidationRules: listOf(structOf('UserValidationRule', { message: TEXT, ...EXPRESSION })),
});

const ANONYMOUS = structOf('AnonymousAuthConfig', {
  enabled: YES_NO,
  conditions: listOf(structOf('AnonymousAuthCondition', { path: TEXT })),
});

/** AUTHENTICATION_CONFIGURATION is how the file is decoded. */
export const AUTHENTICATION_CONFIGURATION: ConfigKind = {
  kind: 'AuthenticationConfiguration',
  ...OF_ACCESS,
  schema: structOf('AuthenticationConfiguration', { jwt: listOf(JWT), anonymous: ANONYMOUS }),
};
