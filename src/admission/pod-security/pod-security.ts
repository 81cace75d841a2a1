import type { Container, Namespace, Pod, PodTemplateSpec } from '../../apis/core/v1/types.ts';
import type { Admission, AdmissionRequest } from '../../apiserver/contracts.ts';
import { fieldErrorsText } from '../../machinery/field-error.ts';
import type { KubeObject } from '../../machinery/object.ts';
import { newInternalError, newInvalid } from '../../machinery/status-error.ts';
import { newRefusal } from '../refusal.ts';
import { evaluate, violationsText } from './evaluate.ts';
import { warningsOfPods } from './namespace-pods.ts';
import type { PodParts } from './pod-parts.ts';
import { DEFAULT_SETTINGS, type PodSecuritySettings } from './pod-security-configuration.ts';
import type { PodSecurityMetrics } from './pod-security-metrics.ts';
import {
  compareLevels,
  isPrivileged,
  isSame,
  isSamePolicy,
  type LevelVersion,
  levelText,
  type Policy,
  type PolicyOfLabels,
  PREFIX,
  PRIVILEGED,
  policyOf,
  setLevelsText,
} from './policy.ts';

/** PodSecurityOptions are what the plugin needs; without settings, nothing is demanded by default. */
export interface PodSecurityOptions extends Partial<PodSecuritySettings> {
  readonly metrics?: PodSecurityMetrics;
  /** Answers a namespace as the server knows it now. */
  namespace(name: string): Namespace | undefined | Promise<Namespace | undefined>;
  /** Answers the pods of a namespace. */
  pods(namespace: string): readonly Pod[] | Promise<readonly Pod[]>;
}

type Templated = KubeObject & {
  readonly template?: PodTemplateSpec;
  readonly spec?: {
    readonly template?: PodTemplateSpec;
    readonly jobTemplate?: { readonly spec?: { readonly template?: PodTemplateSpec } };
  };
};

/** TEMPLATES says where the kinds that make pods keep their template, by group and resource. */
const TEMPLATES: Readonly<Record<string, (object: Templated) => PodTemplateSpec | undefined>> = {
  '/replicationcontrollers': (one) => one.spec?.template,
  '/podtemplates': (one) => one.template,
  'apps/replicasets': (one) => one.spec?.template,
  'apps/deployments': (one) => one.spec?.template,
  'apps/statefulsets': (one) => one.spec?.template,
  'apps/daemonsets': (one) => one.spec?.template,
  'batch/jobs': (one) => one.spec?.template,
  'batch/cronjobs': (one) => one.spec?.jobTemplate?.spec?.template,
};

const IGNORED_SUBRESOURCES = new Set([
  'exec',
  'attach',
  'binding',
  'eviction',
  'log',
  'portforward',
  'proxy',
  'status',
]);

function imagesDiffer(now: readonly Container[] = [], before: readonly Container[] = []): boolean {
  if (now.length !== before.length) return true;
  return now.some((one, index) => one.image !== before[index]?.image);
}

/** isSignificant: of what may change in a pod, only images and new containers matter. */
function isSignificant({ spec }: Pod, { spec: before }: Pod): boolean {
  if (imagesDiffer(spec?.containers, before?.containers)) return true;
  if (imagesDiffer(spec?.initContainers, before?.initContainers)) return true;
  const known = new Map(before?.ephemeralContainers?.map((one) => [one.name, one.image]));
  return (spec?.ephemeralContainers ?? []).some(
    (one) => !known.has(one.name) || known.get(one.name) !== one.image,
  );
}

/** record puts what was found into the audit event of the request. */
function record({ context }: AdmissionRequest, key: string, value: string): void {
  context.annotate(`${PREFIX}${key}`, value);
}

/** violation says by what a pod violates a level; empty: it does not. */
function violation(level: LevelVersion, pod: PodParts): string {
  const found = evaluate(level, pod);
  if (found.length === 0) return '';
  return `violate PodSecurity "${levelText(level)}": ${violationsText(found)}`;
}

/**
 * newPodSecurity holds pods to the Pod Security Standards that the labels of their namespace
 * demand: it refuses pods, and warns of them and of what would make such (admission plugin
 * PodSecurity, k8s.io/pod-security-admission 1.34). The audit event of a request tells what it found.
 */
export function newPodSecurity(options: PodSecurityOptions): Admission {
  return new PodSecurity(options);
}

class PodSecurity implements Admission {
  readonly #options: PodSecurityOptions & PodSecuritySettings;
  readonly #metrics: PodSecurityMetrics | undefined;

  constructor(options: PodSecurityOptions) {
    this.#options = { ...DEFAULT_SETTINGS, ...options };
    this.#metrics = options.metrics;
  }

  validate(request: AdmissionRequest): Promise<void> | undefined {
    const { operation, type, object, subresource } = request;
    if (operation !== 'CREATE' && operation !== 'UPDATE') return undefined;
    if (type.group === '' && type.resource === 'pods') return this.#checkPod(request);
    if (type.group === '' && type.resource === 'namespaces')
      return subresource === '' ? this.#checkNamespace(request) : undefined;
    const template = TEMPLATES[`${type.group}/${type.resource}`]?.(object as Templated);
    return template && this.#checkTemplate(request, template);
  }

  async #checkPod(request: AdmissionRequest): Promise<void> {
    if (IGNORED_SUBRESOURCES.has(request.subresource) || this.#isExempt(request)) return;
    const found = await this.#policyIn(request);
    if (found.errors.length === 0 && isPrivileged(found.policy)) {
      record(request, 'enforce-policy', levelText(PRIVILEGED.enforce));
      this.#metrics?.evaluated(request, 'allow', 'enforce', found.policy.enforce);
      return;
    }
    const pod = request.object as Pod;
    if (request.operation === 'UPDATE' && !isSignificant(pod, request.old as Pod)) return;
    if (pod.spec) this.#judge(request, { metadata: pod.metadata, spec: pod.spec }, found);
  }

  async #checkTemplate(request: AdmissionRequest, template: PodTemplateSpec): Promise<void> {
    if (request.subresource !== '' || this.#isExempt(request) || !template.spec) return;
    const found = await this.#policyIn(request);
    const { audit, warn } = found.policy;
    const isNothingAsked = audit.level === 'privileged' && warn.level === 'privileged';
    if (found.errors.length === 0 && isNothingAsked) return;
    this.#judge(request, { metadata: template.metadata ?? {}, spec: template.spec }, found);
  }

  async #checkNamespace(request: AdmissionRequest): Promise<void> {
    const object = request.object as Namespace;
    const next = this.#policyOf(object);
    const before = request.operation === 'CREATE' ? undefined : this.#policyOf(request.old);
    const isKnown = before && JSON.stringify(before.errors) === JSON.stringify(next.errors);
    if (next.errors.length > 0 && !isKnown)
      throw newInvalid(request.type, request.name, next.errors);
    if (before && !isStricter(next.policy.enforce, before.policy.enforce)) return;
    const { name = '' } = object.metadata;
    const isExempt = this.#options.exemptNamespaces.includes(name);
    if (isExempt) this.#warnOfExemption(request, object, next.policy);
    if (isExempt || !before) return;
    const pods = (await this.#options.pods(name)).filter(({ spec }) => !this.#isExemptClass(spec));
    for (const warning of await warningsOfPods(name, pods, next.policy.enforce))
      request.context.warn(warning);
  }

  /** Labels of an exempt namespace that demand something else than the defaults are in vain. */
  #warnOfExemption({ context }: AdmissionRequest, object: Namespace, policy: Policy): void {
    if (isPrivileged(policy) || isSamePolicy(policy, this.#options.defaults)) return;
    const { name = '', labels } = object.metadata;
    const levels = setLevelsText(policy, labels);
    const place = `namespace ${JSON.stringify(name)}`;
    context.warn(
      `${place} is exempt from Pod Security, and the policy (${levels}) will be ignored`,
    );
  }

  #isExempt(request: AdmissionRequest): boolean {
    const isNamespace = this.#options.exemptNamespaces.includes(request.namespace);
    const { name } = request.context.user;
    const isUser = this.#options.exemptUsernames.includes(name);
    if (!isNamespace && !isUser) return false;
    record(request, 'exempt', isNamespace ? 'namespace' : 'user');
    this.#metrics?.exempted(request);
    return true;
  }

  #isExemptClass(spec: PodParts['spec'] | undefined): boolean {
    return this.#options.exemptRuntimeClasses.includes(spec?.runtimeClassName ?? '');
  }

  #policyOf(object: KubeObject | undefined): PolicyOfLabels {
    return policyOf(object?.metadata.labels, this.#options.defaults);
  }

  async #policyIn(request: AdmissionRequest): Promise<PolicyOfLabels> {
    const { namespace } = request;
    const found = await this.#options.namespace(namespace);
    if (found) return this.#policyOf(found);
    this.#metrics?.failed(request, true);
    throw newInternalError(new Error(`failed to lookup namespace ${JSON.stringify(namespace)}`));
  }

  #judge(request: AdmissionRequest, pod: PodParts, { policy, errors }: PolicyOfLabels): void {
    if (this.#isExemptClass(pod.spec)) {
      record(request, 'exempt', 'runtimeClass');
      this.#metrics?.exempted(request);
      return;
    }
    if (errors.length > 0) {
      record(request, 'error', `Failed to parse policy: ${fieldErrorsText(errors)}`);
      this.#metrics?.failed(request, false);
    }
    const audited = violation(policy.audit, pod);
    if (audited) {
      record(request, 'audit-violations', `would ${audited}`);
      this.#metrics?.evaluated(request, 'deny', 'audit', policy.audit);
    }
    if (request.type.resource === 'pods') this.#enforce(request, pod, policy);
    const warned = violation(policy.warn, pod);
    if (!warned) return;
    request.context.warn(`would ${warned}`);
    this.#metrics?.evaluated(request, 'deny', 'warn', policy.warn);
  }

  #enforce(request: AdmissionRequest, pod: PodParts, policy: Policy): void {
    const level = levelText(policy.enforce);
    record(request, 'enforce-policy', level);
    const violations = evaluate(policy.enforce, pod);
    const decision = violations.length === 0 ? 'allow' : 'deny';
    this.#metrics?.evaluated(request, decision, 'enforce', policy.enforce);
    if (violations.length === 0) return;
    throw newRefusal(request, `violates PodSecurity "${level}": ${violationsText(violations)}`);
  }
}

/** Tells whether what is enforced of a namespace now may refuse pods that it has. */
function isStricter(now: LevelVersion, was: LevelVersion): boolean {
  if (isSame(now, was) || now.level === 'privileged') return false;
  return now.minor !== was.minor || compareLevels(now.level, was.level) > 0;
}
