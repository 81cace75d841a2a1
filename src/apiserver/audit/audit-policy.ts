import { parse as parseYaml } from 'yaml';
import {
  type FieldError,
  forbidden,
  invalid,
  notSupported,
  required,
} from '../../machinery/field-error.ts';
import { indexPath } from '../../machinery/field-path.ts';

/** AuditLevel is how much is recorded of a request, least first. */
export type AuditLevel = 'None' | 'Metadata' | 'Request' | 'RequestResponse';

/** AuditStage is a moment in the life of a request. */
export type AuditStage = 'RequestReceived' | 'ResponseStarted' | 'ResponseComplete' | 'Panic';

/** AuditGroupResources names resources of one group; none stands for all of them. */
export interface AuditGroupResources {
  readonly group?: string;
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** AuditRule says what is recorded of the requests that it is about. */
export interface AuditRule {
  readonly level: AuditLevel;
  readonly users?: readonly string[];
  readonly userGroups?: readonly string[];
  readonly verbs?: readonly string[];
  readonly resources?: readonly AuditGroupResources[];
  readonly namespaces?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly omitStages?: readonly AuditStage[];
  readonly omitManagedFields?: boolean;
}

/** AuditPolicy is the content of the file given by `--audit-policy-file` (audit.k8s.io/v1). */
export interface AuditPolicy {
  readonly rules: readonly AuditRule[];
  readonly omitStages?: readonly AuditStage[];
  readonly omitManagedFields?: boolean;
}

/** AuditPolicyError is a policy that cannot be used. */
export class AuditPolicyError extends Error {
  override readonly name = 'AuditPolicyError';
}

const LEVELS: readonly string[] = ['None', 'Metadata', 'Request', 'RequestResponse'];
const STAGES: readonly string[] = [
  'RequestReceived',
  'ResponseStarted',
  'ResponseComplete',
  'Panic',
];

/** parseAuditPolicy reads a policy, in YAML or JSON; throws AuditPolicyError. */
export function parseAuditPolicy(text: string): AuditPolicy {
  let value: unknown;
  try {
    value = parseYaml(text);
  } catch (error) {
    throw new AuditPolicyError('the audit policy is not YAML', { cause: error });
  }
  const { kind, apiVersion, ...policy } = (value ?? {}) as AuditPolicy & Record<string, unknown>;
  if (kind !== 'Policy' || apiVersion !== 'audit.k8s.io/v1') {
    const found = `${String(apiVersion)}, kind ${String(kind)}`;
    throw new AuditPolicyError(`expected audit.k8s.io/v1, kind Policy; found ${found}`);
  }
  if (!Array.isArray(policy.rules) || policy.rules.length === 0) {
    throw new AuditPolicyError('loaded illegal policy with 0 rules');
  }
  const errors = [
    ...stageErrors(policy.omitStages, 'omitStages'),
    ...policy.rules.flatMap((rule, index) => ruleErrors(rule, indexPath('rules', index))),
  ];
  if (errors.length > 0) {
    throw new AuditPolicyError(errors.map(({ field, body }) => `${field}: ${body}`).join(', '));
  }
  return policy;
}

function stageErrors(stages: readonly string[] = [], path: string): FieldError[] {
  return stages.flatMap((stage, index) =>
    STAGES.includes(stage) ? [] : [notSupported(indexPath(path, index), stage, STAGES)],
  );
}

function ruleErrors(rule: AuditRule, path: string): FieldError[] {
  const { level, resources = [], namespaces = [], nonResourceURLs = [] } = rule;
  const errors = stageErrors(rule.omitStages, `${path}.omitStages`);
  if (!level) errors.push(required(`${path}.level`));
  else if (!LEVELS.includes(level)) errors.push(notSupported(`${path}.level`, level, LEVELS));
  if (nonResourceURLs.length > 0 && resources.length + namespaces.length > 0) {
    const text = 'rules cannot apply to both regular resources and non-resource URLs';
    errors.push(forbidden(`${path}.nonResourceURLs`, text));
  }
  for (const [index, url] of nonResourceURLs.entries()) {
    const at = indexPath(`${path}.nonResourceURLs`, index);
    if (url !== '*' && !url.startsWith('/')) {
      errors.push(invalid(at, url, 'non-resource URL rules must begin with a `/` character'));
    }
    if (url.slice(0, -1).includes('*')) {
      errors.push(invalid(at, url, 'non-resource URL wildcards `*` must be the final character'));
    }
  }
  return errors;
}
