import { deepEqual } from '../../../machinery/deep-equal.ts';
import {
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../../machinery/field-error.ts';
import { indexPath } from '../../../machinery/field-path.ts';
import { dnsLabelErrors, dnsSubdomainErrors } from '../../../machinery/names.ts';
import { texts } from '../../core/v1/validation-rules.ts';
import { internalForm } from '../../schema/index.ts';
import { BOOTSTRAP_FLOW_SCHEMAS, MANDATORY } from './bootstrap.data.ts';
import { conditionErrors } from './condition-validation.ts';
import type {
  FlowSchema,
  FlowSchemaSpec,
  NonResourcePolicyRule,
  PolicyRulesWithSubjects,
  ResourcePolicyRule,
  ServiceAccountSubject,
  Subject,
} from './types.ts';

const MAX_PRECEDENCE = 10_000;
const VERBS = 'get list create update delete deletecollection patch watch proxy'.split(' ');
const SUBJECT_FIELDS = { Group: 'group', ServiceAccount: 'serviceAccount', User: 'user' } as const;
const NOTHING: FlowSchemaSpec = { priorityLevelConfiguration: { name: '' } };
const SUBJECT_ORDER = ['serviceAccount', 'user', 'group'] as const;

/** validateFlowSchema checks a flow schema; the mandatory ones must be as every cluster has them. */
export function validateFlowSchema(object: FlowSchema): FieldError[] {
  const { spec, status } = object;
  const name = object.metadata.name ?? '';
  const errors = specErrors(name, spec ?? NOTHING);
  if (MANDATORY.has(name) && !deepEqual(spec, BOOTSTRAP_FLOW_SCHEMAS[name])) {
    const shown = internalForm('flowcontrol.FlowSchemaSpec', spec ?? {});
    errors.push(invalid('spec', shown, `spec of '${name}' must equal the fixed value`));
  }
  return [...errors, ...conditionErrors(status?.conditions)];
}

function specErrors(name: string, spec: FlowSchemaSpec): FieldError[] {
  const errors = precedenceErrors(name, spec.matchingPrecedence ?? 0);
  const method = spec.distinguisherMethod;
  if (method && method.type !== 'ByUser' && method.type !== 'ByNamespace') {
    errors.push(
      notSupported('spec.distinguisherMethod.type', { Type: method.type }, [
        'ByNamespace',
        'ByUser',
      ]),
    );
  }
  const level = spec.priorityLevelConfiguration?.name ?? '';
  const path = 'spec.priorityLevelConfiguration.name';
  if (level === '') errors.push(required(path, 'must reference a priority level'));
  else errors.push(...texts(path, level, dnsSubdomainErrors(level)));
  for (const [index, rule] of (spec.rules ?? []).entries()) {
    errors.push(...ruleErrors(rule, indexPath('spec.rules', index)));
  }
  return errors;
}

function precedenceErrors(name: string, precedence: number): FieldError[] {
  const path = 'spec.matchingPrecedence';
  const errors: FieldError[] = [];
  if (precedence <= 0) errors.push(invalid(path, precedence, 'must be a positive value'));
  if (precedence > MAX_PRECEDENCE) {
    errors.push(invalid(path, precedence, `must not be greater than ${MAX_PRECEDENCE}`));
  }
  if (precedence === 1 && name !== 'exempt') {
    const text = "only the schema named 'exempt' may have matchingPrecedence 1";
    errors.push(invalid(path, precedence, text));
  }
  return errors;
}

function ruleErrors(rule: PolicyRulesWithSubjects, path: string): FieldError[] {
  const { subjects = [], resourceRules = [], nonResourceRules = [] } = rule;
  const errors: FieldError[] = [];
  if (subjects.length === 0) {
    errors.push(required(`${path}.subjects`, 'subjects must contain at least one value'));
  }
  for (const [index, one] of subjects.entries()) {
    errors.push(...subjectErrors(one, indexPath(`${path}.subjects`, index)));
  }
  if (resourceRules.length + nonResourceRules.length === 0) {
    const text = 'at least one of resourceRules and nonResourceRules has to be non-empty';
    errors.push(required(path, text));
  }
  for (const [index, one] of resourceRules.entries()) {
    errors.push(...resourceRuleErrors(one, indexPath(`${path}.resourceRules`, index)));
  }
  for (const [index, one] of nonResourceRules.entries()) {
    errors.push(...nonResourceRuleErrors(one, indexPath(`${path}.nonResourceRules`, index)));
  }
  return errors;
}

function isSubjectKind(kind: string): kind is keyof typeof SUBJECT_FIELDS {
  return Object.hasOwn(SUBJECT_FIELDS, kind);
}

function subjectErrors(subject: Subject, path: string): FieldError[] {
  const { kind } = subject;
  if (!isSubjectKind(kind)) {
    return [notSupported(`${path}.kind`, kind, Object.keys(SUBJECT_FIELDS))];
  }
  const field = SUBJECT_FIELDS[kind];
  const value = subject[field];
  const at = `${path}.${field}`;
  const errors: FieldError[] = [];
  if (!value) errors.push(required(at, `${field} is required when subject kind is '${kind}'`));
  else if (kind === 'ServiceAccount') {
    errors.push(...accountErrors(value as ServiceAccountSubject, at));
  } else if (!value.name) errors.push(required(`${at}.name`));
  for (const other of SUBJECT_ORDER) {
    if (other === field || subject[other] === undefined) continue;
    const otherKind = other.charAt(0).toUpperCase() + other.slice(1);
    const text = `${other} is forbidden when subject kind is not '${otherKind}'`;
    errors.push(forbidden(`${path}.${other}`, text));
  }
  return errors;
}

function accountErrors({ name, namespace }: ServiceAccountSubject, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (!name) errors.push(required(`${path}.name`));
  else if (name !== '*') errors.push(...texts(`${path}.name`, name, dnsSubdomainErrors(name)));
  if (namespace) errors.push(...texts(`${path}.namespace`, namespace, dnsLabelErrors(namespace)));
  else errors.push(required(`${path}.namespace`, 'must specify namespace for service account'));
  return errors;
}

function verbErrors(verbs: readonly string[], path: string): FieldError[] {
  if (verbs.length === 0) return [required(path, 'verbs must contain at least one value')];
  if (verbs.includes('*')) return loneWildcard(verbs, path, 'verbs');
  return verbs.every((one) => VERBS.includes(one)) ? [] : [notSupported(path, verbs, VERBS)];
}

function loneWildcard(values: readonly string[], path: string, what: string): FieldError[] {
  if (values.length === 1) return [];
  return [invalid(path, values, `if '*' is present, must not specify other ${what}`)];
}

function resourceRuleErrors(rule: ResourcePolicyRule, path: string): FieldError[] {
  const { verbs = [], apiGroups = [], resources = [], namespaces = [] } = rule;
  const errors = verbErrors(verbs, `${path}.verbs`);
  if (apiGroups.length === 0) {
    const text = 'resource rules must supply at least one api group';
    errors.push(required(`${path}.apiGroups`, text));
  } else if (apiGroups.includes('*')) {
    errors.push(...loneWildcard(apiGroups, `${path}.apiGroups`, 'api groups'));
  }
  if (resources.length === 0) {
    const text = 'resource rules must supply at least one resource';
    errors.push(required(`${path}.resources`, text));
  } else if (resources.includes('*')) {
    errors.push(...loneWildcard(resources, `${path}.resources`, 'resources'));
  }
  const at = `${path}.namespaces`;
  if (namespaces.length === 0 && !rule.clusterScope) {
    const text = 'resource rules that are not cluster scoped must supply at least one namespace';
    errors.push(required(at, text));
  } else if (namespaces.includes('*')) {
    errors.push(...loneWildcard(namespaces, at, 'namespaces'));
  } else {
    for (const [index, one] of namespaces.entries()) {
      const intro = "each member of this list must be '*' or a DNS-1123 label; ";
      const problems = dnsLabelErrors(one).map((problem) => intro + problem);
      errors.push(...texts(indexPath(at, index), one, problems));
    }
  }
  return errors;
}

function nonResourceRuleErrors(rule: NonResourcePolicyRule, path: string): FieldError[] {
  const { verbs = [], nonResourceURLs: urls = [] } = rule;
  const errors = verbErrors(verbs, `${path}.verbs`);
  const at = `${path}.nonResourceURLs`;
  if (urls.length === 0) {
    errors.push(required(at, 'nonResourceURLs must contain at least one value'));
  } else if (urls.includes('*')) {
    errors.push(...loneWildcard(urls, at, 'non-resource URLs'));
  } else {
    for (const [index, url] of urls.entries()) {
      const problem = urlProblem(url);
      if (problem) errors.push(invalid(indexPath(at, index), url, problem));
    }
  }
  return errors;
}

function urlProblem(url: string): string | undefined {
  if (url === '') return 'must not be empty';
  if (url === '/') return undefined;
  if (!url.startsWith('/')) return 'must start with slash';
  if (url.includes(' ')) return 'must not contain white-space';
  if (url.includes('//')) return 'must not contain double slash';
  const wildcards = url.split('*').length - 1;
  if (wildcards > 1 || (wildcards === 1 && !url.endsWith('/*'))) {
    return 'wildcard can only do suffix matching';
  }
  return undefined;
}
