import { selects } from '../../../apis/core/v1/selector-matching.ts';
import type { Pod } from '../../../apis/core/v1/types.ts';
import type {
  PodDisruptionBudget,
  PodDisruptionBudgetStatus,
} from '../../../apis/policy/v1/types.ts';
import { POD_DISRUPTION_BUDGETS, PODS } from '../../../apis/resource-types.ts';
import {
  type Controller,
  type ControllerDeps,
  type Informer,
  type ReconcileResult,
  source,
} from '../../../controller-kit/controller.ts';
import { semanticEqual } from '../../../machinery/deep-equal.ts';
import type { Condition } from '../../../machinery/meta/v1.ts';
import { objectKey } from '../../../machinery/object.ts';
import { isConflict, isNotFound } from '../../../machinery/status-error.ts';
import { timestampOf } from '../../../machinery/timestamp.ts';
import { isReady } from '../pod-facts.ts';
import { ExpectedPods, SCALED } from './expected-pods.ts';

/** So long an evicted pod counts as going; one that is still there then was not evicted after all. */
const DELETION_TIMEOUT_MS = 120_000;
const CONDITION = 'DisruptionAllowed';

/**
 * newDisruptionController keeps the status of disruption budgets, on which evictions decide: how
 * many pods are healthy, should be, and may go (kube-controller-manager's `disruption`).
 */
export function newDisruptionController(deps: ControllerDeps): Controller {
  const budgets = deps.informers.informer(POD_DISRUPTION_BUDGETS);
  const keeper = new BudgetKeeper(deps);
  const inNamespace = (namespace = '') => budgets.list(namespace).map(objectKey);
  const guarding = (pod: Pod) =>
    budgets
      .list(pod.metadata.namespace)
      .filter(({ spec }) => selects(spec?.selector, pod.metadata.labels))
      .map(objectKey);
  return {
    name: 'disruption',
    sources: [
      source(POD_DISRUPTION_BUDGETS, (budget) => [objectKey(budget)]),
      source(PODS, (pod, previous) => [
        ...new Set([...guarding(pod), ...(previous ? guarding(previous) : [])]),
      ]),
      ...SCALED.map((type) => source(type, ({ metadata }) => inNamespace(metadata.namespace))),
    ],
    async reconcile(key) {
      const budget = budgets.get(key);
      return budget && keeper.keep(budget);
    },
  };
}

class BudgetKeeper {
  readonly #deps: ControllerDeps;
  readonly #pods: Informer<Pod>;
  readonly #expected: ExpectedPods;

  constructor(deps: ControllerDeps) {
    this.#deps = deps;
    this.#pods = deps.informers.informer(PODS);
    this.#expected = new ExpectedPods(deps.informers);
  }

  async keep(budget: PodDisruptionBudget): Promise<ReconcileResult | undefined> {
    const { recorder, clock } = this.#deps;
    const { namespace } = budget.metadata;
    const pods = this.#pods
      .list(namespace)
      .filter((pod) => selects(budget.spec?.selector, pod.metadata.labels));
    if (pods.length === 0) recorder.event(budget, 'Normal', 'NoPods', 'No matching pods found');
    const nowMs = clock.now().getTime();
    const disrupted = stillDisrupted(budget, pods, nowMs);
    try {
      const expected = this.#expected.of(budget, pods);
      if (expected.unmanaged.length > 0) this.#warnOfUnmanaged(budget);
      const going = new Set(Object.keys(disrupted.pods));
      const currentHealthy = pods.filter((pod) => isHealthy(pod, going)).length;
      await this.#write(budget, statusOf(budget, { ...expected, currentHealthy }, disrupted.pods));
    } catch (error) {
      if (isConflict(error) || isNotFound(error)) throw error;
      await this.#failSafe(budget, error);
      throw error;
    }
    return disrupted.recheckMs === undefined ? undefined : { requeueAfterMs: disrupted.recheckMs };
  }

  #warnOfUnmanaged(budget: PodDisruptionBudget): void {
    const selector = JSON.stringify(budget.spec?.selector ?? {});
    const text = `Pods selected by this PodDisruptionBudget (selector: ${selector}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.`;
    this.#deps.recorder.event(budget, 'Warning', 'UnmanagedPods', text);
  }

  /** A budget that cannot be reckoned lets nothing go. */
  async #failSafe(budget: PodDisruptionBudget, error: unknown): Promise<void> {
    const message = error instanceof Error ? error.message : String(error);
    const text = `Failed to calculate the number of expected pods: ${message}`;
    this.#deps.recorder.event(budget, 'Warning', 'CalculateExpectedPodCountFailed', text);
    const { disruptionsAllowed: _allowed, ...rest } = budget.status ?? {};
    const said = { status: 'False', reason: 'SyncFailed', message } as const;
    await this.#write(budget, { ...rest, disruptionsAllowed: 0 }, said);
  }

  async #write(
    budget: PodDisruptionBudget,
    status: PodDisruptionBudgetStatus,
    said = conditionFor(status),
  ): Promise<void> {
    const before = budget.status?.conditions ?? [];
    const old = before.find(({ type }) => type === CONDITION);
    const since = old?.status === said.status ? old.lastTransitionTime : undefined;
    const condition: Condition = {
      type: CONDITION,
      ...said,
      observedGeneration: status.observedGeneration ?? 0,
      lastTransitionTime: since ?? timestampOf(this.#deps.clock.now()),
    };
    const others = before.filter(({ type }) => type !== CONDITION);
    const wanted = { ...status, conditions: [...others, condition] };
    if (semanticEqual(wanted, budget.status)) return;
    await this.#deps.client.updateStatus(POD_DISRUPTION_BUDGETS, { ...budget, status: wanted });
  }
}

function isHealthy(pod: Pod, going: ReadonlySet<string>): boolean {
  if (pod.metadata.deletionTimestamp || going.has(pod.metadata.name ?? '')) return false;
  return isReady(pod);
}

/** stillDisrupted are the evicted pods that should be gone soon, and when to look again. */
function stillDisrupted(budget: PodDisruptionBudget, pods: readonly Pod[], nowMs: number) {
  const still: Record<string, string> = {};
  let recheckMs: number | undefined;
  for (const { metadata } of pods) {
    const evicted = budget.status?.disruptedPods?.[metadata.name ?? ''];
    if (metadata.deletionTimestamp || !evicted) continue;
    const leftMs = Date.parse(evicted) + DELETION_TIMEOUT_MS - nowMs;
    if (leftMs <= 0) continue;
    still[metadata.name ?? ''] = evicted;
    recheckMs = Math.min(recheckMs ?? leftMs, leftMs);
  }
  return { pods: still, recheckMs };
}

function statusOf(
  budget: PodDisruptionBudget,
  counts: {
    readonly expectedPods: number;
    readonly desiredHealthy: number;
    readonly currentHealthy: number;
  },
  disruptedPods: Record<string, string>,
): PodDisruptionBudgetStatus {
  const { expectedPods, desiredHealthy, currentHealthy } = counts;
  const spare = expectedPods > 0 ? Math.max(0, currentHealthy - desiredHealthy) : 0;
  return {
    currentHealthy,
    desiredHealthy,
    expectedPods,
    disruptionsAllowed: spare,
    ...(Object.keys(disruptedPods).length > 0 && { disruptedPods }),
    observedGeneration: budget.metadata.generation ?? 0,
  };
}

function conditionFor(status: PodDisruptionBudgetStatus) {
  const allowed = (status.disruptionsAllowed ?? 0) > 0;
  return allowed
    ? { status: 'True' as const, reason: 'SufficientPods', message: '' }
    : { status: 'False' as const, reason: 'InsufficientPods', message: '' };
}
