import { domainPrefixedPathErrors } from '../../../apis/networking.k8s.io/v1/ingress-class-validation.ts';
import { selectsField } from '../../../cel/selections.ts';
import { duplicate, type FieldError, invalid, required } from '../../../machinery/field-error.ts';
import { childPath, indexPath } from '../../../machinery/field-path.ts';
import type {
  ClaimMappings,
  ClaimValidationRule,
  JwtAuthenticatorConfig,
  PrefixedClaimOrExpression,
  UserValidationRule,
} from '../config/authentication-configuration.ts';
import {
  CLAIMS,
  type ConfigExpression,
  compileExpression,
  type ExpressionRule,
  USER,
} from '../config/config-expressions.ts';
import { issuerErrors } from './issuer-validation.ts';

/** JwtExpressions are the expressions of one issuer, compiled. */
export interface JwtExpressions {
  readonly username?: ConfigExpression;
  readonly groups?: ConfigExpression;
  readonly uid?: ConfigExpression;
  readonly extra: readonly { readonly key: string; readonly value: ConfigExpression }[];
  readonly claimRules: readonly ConfigExpression[];
  readonly userRules: readonly ConfigExpression[];
}

const BOTH = "claim and expression can't both be set";
const NO_TYPE = () => '';
const RESERVED = /(?:^|\.)(?:kubernetes|k8s)\.io\//;

/** Collects what is wrong while the expressions of one issuer are compiled. */
class Compilation {
  readonly errors: FieldError[] = [];
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  compile(text: string, place: string, rule: ExpressionRule): ConfigExpression | undefined {
    const compiled = compileExpression(text, place, rule);
    if ('expression' in compiled) return compiled.expression;
    this.errors.push(compiled.error);
    return undefined;
  }

  claimRules(rules: readonly ClaimValidationRule[]): ConfigExpression[] {
    const list = childPath(this.#path, 'claimValidationRules');
    const seen = { claims: new Set<string>(), expressions: new Set<string>() };
    return rules.flatMap((rule, index) => this.#claimRule(rule, indexPath(list, index), seen));
  }

  #claimRule(
    rule: ClaimValidationRule,
    place: string,
    seen: { readonly claims: Set<string>; readonly expressions: Set<string> },
  ): ConfigExpression[] {
    const { claim = '', expression = '', requiredValue = '', message = '' } = rule;
    if (claim !== '' && expression !== '') this.errors.push(invalid(place, claim, BOTH));
    else if (claim === '' && expression === '') {
      this.errors.push(required(place, 'claim or expression is required'));
    } else if (claim !== '') {
      const text = 'may not be specified when claim is set';
      if (message !== '') this.errors.push(invalid(childPath(place, 'message'), message, text));
      if (seen.claims.has(claim)) this.errors.push(duplicate(childPath(place, 'claim'), claim));
      seen.claims.add(claim);
    } else {
      const text = 'may not be specified when expression is set';
      if (requiredValue !== '') {
        this.errors.push(invalid(childPath(place, 'requiredValue'), requiredValue, text));
      }
      return this.#condition({ expression, message }, place, {
        variable: CLAIMS,
        seen: seen.expressions,
      });
    }
    return [];
  }

  userRules(rules: readonly UserValidationRule[]): ConfigExpression[] {
    const list = childPath(this.#path, 'userValidationRules');
    const seen = new Set<string>();
    return rules.flatMap((rule, index) => {
      const place = indexPath(list, index);
      if (rule.expression) return this.#condition(rule, place, { variable: USER, seen });
      this.errors.push(required(childPath(place, 'expression')));
      return [];
    });
  }

  #condition(
    { expression = '', message }: UserValidationRule,
    place: string,
    { variable, seen }: Pick<ExpressionRule, 'variable'> & { readonly seen: Set<string> },
  ): ConfigExpression[] {
    const at = childPath(place, 'expression');
    if (seen.has(expression)) {
      this.errors.push(duplicate(at, expression));
      return [];
    }
    seen.add(expression);
    const compiled = this.compile(expression, at, { variable, condition: NO_TYPE, message });
    return compiled ? [compiled] : [];
  }

  /** The expression of a mapping that may name a claim, with a prefix, instead. */
  mapped(
    { claim = '', prefix, expression = '' }: PrefixedClaimOrExpression,
    place: string,
    isRequired: boolean,
  ): ConfigExpression | undefined {
    if (claim !== '' && expression !== '') this.errors.push(invalid(place, '', BOTH));
    else if (claim === '' && expression === '') {
      if (isRequired) this.errors.push(required(place, 'claim or expression is required'));
    } else if (expression !== '') {
      const at = childPath(place, 'prefix');
      if (prefix !== undefined) {
        this.errors.push(invalid(at, prefix, 'may not be specified when expression is set'));
      }
      return this.compile(expression, childPath(place, 'expression'), { variable: CLAIMS });
    } else if (prefix === undefined) {
      const text =
        'prefix is required when claim is set. It can be set to an empty string to disable prefixing';
      this.errors.push(required(childPath(place, 'prefix'), text));
    }
    return undefined;
  }

  uid({ claim = '', expression = '' }: NonNullable<ClaimMappings['uid']>, place: string) {
    if (claim !== '' && expression !== '') this.errors.push(invalid(place, '', BOTH));
    else if (expression !== '') {
      return this.compile(expression, childPath(place, 'expression'), { variable: CLAIMS });
    }
    return undefined;
  }

  extra(mappings: NonNullable<ClaimMappings['extra']>, place: string): JwtExpressions['extra'] {
    const seen = new Set<string>();
    return mappings.flatMap(({ key = '', valueExpression = '' }, index) => {
      const at = indexPath(place, index);
      const keyPath = childPath(at, 'key');
      this.errors.push(...domainPrefixedPathErrors(keyPath, key));
      if (key !== key.toLowerCase()) this.errors.push(invalid(keyPath, key, 'must be lowercase'));
      if (RESERVED.test(key)) {
        const text = 'k8s.io, kubernetes.io and their subdomains are reserved for Kubernetes use';
        this.errors.push(invalid(keyPath, key, text));
      }
      if (seen.has(key)) {
        this.errors.push(duplicate(keyPath, key));
        return [];
      }
      seen.add(key);
      const valuePath = childPath(at, 'valueExpression');
      if (valueExpression === '') {
        this.errors.push(required(valuePath));
        return [];
      }
      const value = this.compile(valueExpression, valuePath, { variable: CLAIMS });
      return value ? [{ key, value }] : [];
    });
  }
}

const reads = (field: string) => (one: ConfigExpression | undefined) =>
  one !== undefined && selectsField(one.text, 'claims', field);

function emailErrors(made: Omit<JwtExpressions, 'userRules'>, path: string): FieldError[] {
  const { username, extra, claimRules } = made;
  const others = [username, ...extra.map(({ value }) => value), ...claimRules];
  if (!reads('email')(username) || others.some(reads('email_verified'))) return [];
  const text =
    'claims.email_verified must be used in claimMappings.username.expression or claimMappings.extra[*].valueExpression or claimValidationRules[*].expression when claims.email is used in claimMappings.username.expression';
  return [invalid(childPath(path, 'username.expression'), username?.text, text)];
}

/**
 * compileJwt checks the configuration of one issuer and compiles its expressions. Tokens of the
 * disallowed issuers are the server's own.
 */
export function compileJwt(
  config: JwtAuthenticatorConfig,
  path: string,
  disallowed: readonly string[],
): { readonly errors: readonly FieldError[]; readonly expressions: JwtExpressions } {
  const work = new Compilation(path);
  work.errors.push(...issuerErrors(config.issuer ?? {}, childPath(path, 'issuer'), disallowed));
  const claimRules = work.claimRules(config.claimValidationRules ?? []);
  const mappings = childPath(path, 'claimMappings');
  const { username = {}, groups = {}, uid = {}, extra = [] } = config.claimMappings ?? {};
  const name = work.mapped(username, childPath(mappings, 'username'), true);
  const group = work.mapped(groups, childPath(mappings, 'groups'), false);
  const id = work.uid(uid, childPath(mappings, 'uid'));
  const made = {
    ...(name && { username: name }),
    ...(group && { groups: group }),
    ...(id && { uid: id }),
    extra: work.extra(extra, childPath(mappings, 'extra')),
    claimRules,
  };
  work.errors.push(...emailErrors(made, mappings));
  const userRules = work.userRules(config.userValidationRules ?? []);
  return { errors: work.errors, expressions: { ...made, userRules } };
}
