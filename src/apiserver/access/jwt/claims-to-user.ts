import type { Value } from '../../../cel/cel.ts';
import { CelList } from '../../../cel/values/value.ts';
import { type JsonObject, jsonTypeOf } from '../../../machinery/json-value.ts';
import type { UserInfo } from '../../resource-definition.ts';
import type {
  ClaimMappings,
  JwtAuthenticatorConfig,
} from '../config/authentication-configuration.ts';
import type { ConfigExpression } from '../config/config-expressions.ts';
import type { JwtExpressions } from './jwt-validation.ts';

const CREDENTIAL_ID = 'authentication.kubernetes.io/credential-id';
const NO_TEXTS = 'expression must return a string or a list of strings';

function evaluated(what: string, expression: ConfigExpression, value: unknown): Value {
  try {
    return expression.run(value);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`oidc: error evaluating ${what}: ${reason}`, { cause: error });
  }
}

function textsOf(value: Value): string[] {
  if (value === null) return [];
  const list = value instanceof CelList ? value.toArray() : [value];
  if (!list.every((one) => typeof one === 'string')) throw new Error(NO_TEXTS);
  return list.filter((one) => one !== '');
}

function textClaim(claims: JsonObject, name: string, what: string): string {
  const failed = (reason: string) =>
    new Error(`oidc: parse ${what} ${JSON.stringify(name)}: ${reason}`);
  if (!Object.hasOwn(claims, name)) throw failed('claim not present');
  const value = claims[name];
  if (typeof value === 'string') return value;
  throw failed(`json: cannot unmarshal ${jsonTypeOf(value)} into Go value of type string`);
}

function checkEmail(claims: JsonObject): void {
  const { email_verified: verified } = claims;
  if (verified === undefined || verified === true) return;
  if (verified === false) throw new Error('oidc: email not verified');
  throw new Error(
    `oidc: parse 'email_verified' claim: json: cannot unmarshal ${jsonTypeOf(verified)} into Go value of type bool`,
  );
}

function nameOf(claims: JsonObject, mappings: ClaimMappings, made: JwtExpressions): string {
  if (made.username) {
    const value = evaluated('username claim expression', made.username, claims);
    if (typeof value !== 'string') {
      throw new Error(
        'oidc: error evaluating username claim expression: username claim expression must return a string',
      );
    }
    if (value === '') throw new Error('oidc: empty username via CEL expression is not allowed');
    return value;
  }
  const { claim = '', prefix = '' } = mappings.username ?? {};
  const name = textClaim(claims, claim, 'username claims');
  if (claim === 'email') checkEmail(claims);
  return `${prefix}${name}`;
}

function groupsOf(claims: JsonObject, mappings: ClaimMappings, made: JwtExpressions): string[] {
  if (made.groups) {
    const value = evaluated('group claim expression', made.groups, claims);
    try {
      return textsOf(value);
    } catch (error) {
      throw new Error(`oidc: error evaluating group claim expression: ${NO_TEXTS}`, {
        cause: error,
      });
    }
  }
  const { claim = '', prefix = '' } = mappings.groups ?? {};
  if (claim === '' || !Object.hasOwn(claims, claim)) return [];
  const value = claims[claim];
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (!list.every((one) => typeof one === 'string')) {
    throw new Error(
      `oidc: parse groups claim ${JSON.stringify(claim)}: json: cannot unmarshal ${jsonTypeOf(value)} into Go value of type string`,
    );
  }
  return list.map((one) => `${prefix}${one}`);
}

function uidOf(claims: JsonObject, mappings: ClaimMappings, made: JwtExpressions): string {
  const { claim = '' } = mappings.uid ?? {};
  if (claim !== '') return textClaim(claims, claim, 'uid claim');
  if (!made.uid) return '';
  const value = evaluated('uid claim expression', made.uid, claims);
  if (typeof value === 'string') return value;
  throw new Error(
    'oidc: error evaluating uid claim expression: uid claim expression must return a string',
  );
}

function extraOf(claims: JsonObject, made: JwtExpressions): Record<string, string[]> {
  const { jti } = claims;
  const extra: Record<string, string[]> = {};
  if (typeof jti === 'string' && jti !== '') extra[CREDENTIAL_ID] = [`JTI=${jti}`];
  for (const { key, value } of made.extra) {
    const found = value.run(claims);
    try {
      const texts = textsOf(found);
      if (texts.length > 0) extra[key] = texts;
    } catch (error) {
      throw new Error(`oidc: error evaluating extra claim expression: ${value.text}: ${NO_TEXTS}`, {
        cause: error,
      });
    }
  }
  return extra;
}

function checkRequired(claims: JsonObject, { claimValidationRules = [] }: JwtAuthenticatorConfig) {
  for (const { claim = '', requiredValue = '' } of claimValidationRules) {
    if (claim === '') continue;
    if (!Object.hasOwn(claims, claim)) {
      throw new Error(`oidc: required claim ${claim} not present in ID token`);
    }
    const value = claims[claim];
    if (typeof value !== 'string') {
      throw new Error(
        `oidc: parse claim ${claim}: json: cannot unmarshal ${jsonTypeOf(value)} into Go value of type string`,
      );
    }
    if (value !== requiredValue) {
      throw new Error(
        `oidc: required claim ${claim} value does not match. Got = ${value}, want = ${requiredValue}`,
      );
    }
  }
}

function checkRules(rules: readonly ConfigExpression[], value: unknown, what: string): void {
  for (const rule of rules) {
    if (evaluated(what, rule, value) === true) continue;
    throw new Error(
      `oidc: error evaluating ${what}: validation expression '${rule.text}' failed: ${rule.message}`,
    );
  }
}

/** userOfClaims makes a user of the claims of a good token; throws an Error in upstream's words. */
export function userOfClaims(
  claims: JsonObject,
  config: JwtAuthenticatorConfig,
  made: JwtExpressions,
): UserInfo {
  const { claimMappings: mappings = {} } = config;
  const name = nameOf(claims, mappings, made);
  const groups = groupsOf(claims, mappings, made);
  const uid = uidOf(claims, mappings, made);
  const extra = extraOf(claims, made);
  checkRequired(claims, config);
  checkRules(made.claimRules, claims, 'claim validation expression');
  checkRules(made.userRules, { username: name, uid, groups, extra }, 'user info validation rule');
  return {
    name,
    ...(uid !== '' && { uid }),
    groups,
    ...(Object.keys(extra).length > 0 && { extra }),
  };
}
