import type { RequestInfo } from '../request/request-info.ts';
import type { UserInfo } from '../resource-definition.ts';
import type {
  AuditGroupResources,
  AuditLevel,
  AuditPolicy,
  AuditRule,
  AuditStage,
} from './audit-policy.ts';

/** AuditDecision is what is to be recorded of one request. */
export interface AuditDecision {
  readonly level: AuditLevel;
  readonly omitStages: ReadonlySet<AuditStage>;
  readonly omitManagedFields: boolean;
}

function isAmong(values: readonly string[] | undefined, value: string): boolean {
  return values === undefined || values.length === 0 || values.includes(value);
}

function matchesUser({ users, userGroups }: AuditRule, user: UserInfo | undefined): boolean {
  if (users?.length && !users.includes(user?.name ?? '')) return false;
  return !userGroups?.length || userGroups.some((one) => user?.groups.includes(one) ?? false);
}

/** The ways in which a rule may name a request's resource. */
function namesOf({ resource, subresource }: RequestInfo): readonly string[] {
  if (subresource === '') return [resource, '*'];
  return [`${resource}/${subresource}`, `${resource}/*`, `*/${subresource}`, '*'];
}

function matchesResource(wanted: AuditGroupResources, info: RequestInfo): boolean {
  const { group = '', resources, resourceNames } = wanted;
  if (group !== info.group) return false;
  if (!resources?.length) return true;
  if (!isAmong(resourceNames, info.name)) return false;
  const names = namesOf(info);
  return resources.some((one) => names.includes(one));
}

function matchesUrl(url: string, path: string): boolean {
  return url.endsWith('*') ? path.startsWith(url.slice(0, -1)) : url === path;
}

function matches(rule: AuditRule, user: UserInfo | undefined, info: RequestInfo): boolean {
  if (!matchesUser(rule, user) || !isAmong(rule.verbs, info.verb)) return false;
  const { namespaces = [], resources = [], nonResourceURLs = [] } = rule;
  if (namespaces.length > 0 || resources.length > 0) {
    if (!info.isResource || !isAmong(namespaces, info.namespace)) return false;
    return resources.length === 0 || resources.some((one) => matchesResource(one, info));
  }
  if (nonResourceURLs.length === 0) return true;
  return !info.isResource && nonResourceURLs.some((url) => matchesUrl(url, info.path));
}

const NOTHING: AuditDecision = { level: 'None', omitStages: new Set(), omitManagedFields: false };

/**
 * auditEvaluator answers what a policy has recorded of a request: what the first rule says that is
 * about it; nothing where none is. A request whose sender is not known has no user.
 */
export function auditEvaluator(
  policy: AuditPolicy,
): (user: UserInfo | undefined, info: RequestInfo) => AuditDecision {
  const rules = policy.rules.map((rule) => ({
    rule,
    decision: {
      level: rule.level,
      omitStages: new Set([...(policy.omitStages ?? []), ...(rule.omitStages ?? [])]),
      omitManagedFields: rule.omitManagedFields ?? policy.omitManagedFields ?? false,
    },
  }));
  return (user, info) => rules.find(({ rule }) => matches(rule, user, info))?.decision ?? NOTHING;
}
