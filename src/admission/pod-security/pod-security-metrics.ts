import type { AdmissionRequest } from '../../apiserver/contracts.ts';
import type { Value } from '../../machinery/metrics/metric.ts';
import { MetricGroup } from '../../machinery/metrics/metric-group.ts';
import type { Family, MetricRegistry } from '../../machinery/metrics/metric-registry.ts';
import { type LevelVersion, PRIVILEGED } from './policy.ts';

const REQUEST = ['request_operation', 'resource', 'subresource'];
/** The version of Kubernetes whose rules are the newest that are known. */
const NEWEST_MINOR = 34;

function resourceText({ type }: AdmissionRequest): string {
  if (type.group === '' && type.resource === 'pods') return 'pod';
  return type.group === '' && type.resource === 'namespaces' ? 'namespace' : 'controller';
}

function requestLabels(request: AdmissionRequest): string[] {
  return [request.operation.toLowerCase(), resourceText(request), request.subresource];
}

function versionText({ level, minor }: LevelVersion): string {
  if (level === 'privileged' || !Number.isFinite(minor)) return 'latest';
  return minor > NEWEST_MINOR ? 'future' : `v1.${minor}`;
}

/** PodSecurityMetrics counts what PodSecurity decides, under the names of kube-apiserver. */
export class PodSecurityMetrics {
  readonly #evaluations: Family<Value>;
  readonly #exemptions: Family<Value>;
  readonly #errors: Family<Value>;

  constructor(registry: MetricRegistry) {
    const group = new MetricGroup(registry, 'pod_security_');
    this.#evaluations = group.counter('evaluations_total', {
      help: 'Number of policy evaluations that occurred, not counting ignored or exempt requests.',
      labels: ['decision', 'policy_level', 'policy_version', 'mode', ...REQUEST],
    });
    this.#exemptions = group.counter('exemptions_total', {
      help: 'Number of exempt requests, not counting ignored or out of scope requests.',
      labels: REQUEST,
    });
    this.#errors = group.counter('errors_total', {
      help: 'Number of errors preventing normal evaluation. Non-fatal errors may result in the latest restricted profile being used for evaluation.',
      labels: ['fatal', ...REQUEST],
    });
    const { level } = PRIVILEGED.enforce;
    for (const operation of ['create', 'update']) {
      this.#evaluations.with('allow', level, 'latest', 'enforce', operation, 'pod', '');
      for (const resource of ['controller', 'pod']) this.#exemptions.with(operation, resource, '');
    }
  }

  /** evaluated counts a decision in one mode. */
  evaluated(
    request: AdmissionRequest,
    decision: 'allow' | 'deny',
    mode: 'enforce' | 'audit' | 'warn',
    policy: LevelVersion,
  ): void {
    const labels = [decision, policy.level, versionText(policy), mode, ...requestLabels(request)];
    this.#evaluations.with(...labels).inc();
  }

  /** exempted counts a request that nothing is asked of. */
  exempted(request: AdmissionRequest): void {
    this.#exemptions.with(...requestLabels(request)).inc();
  }

  /** failed counts a policy that could not be read; `isFatal`: the request was refused for it. */
  failed(request: AdmissionRequest, isFatal: boolean): void {
    this.#errors.with(String(isFatal), ...requestLabels(request)).inc();
  }
}
