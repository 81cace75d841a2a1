import { selects } from '../../../apis/core/v1/selector-matching.ts';
import type { Pod } from '../../../apis/core/v1/types.ts';
import type { PodDisruptionBudget } from '../../../apis/policy/v1/types.ts';
import { POD_DISRUPTION_BUDGETS } from '../../../apis/resource-types.ts';
import type { RequestContext } from '../../../apiserver/resource-definition.ts';
import type { Client } from '../../../client/client.ts';
import {
  isConflict,
  newForbidden,
  newPlainError,
  newTimeout,
  newTooManyRequests,
  StatusError,
} from '../../../machinery/status-error.ts';
import { timestampOf } from '../../../machinery/timestamp.ts';

const ATTEMPTS = 20;
const MAX_DISRUPTED_PODS = 2000;
const REFUSAL = "Cannot evict pod as it would violate the pod's disruption budget.";
const BUDGETS = { group: 'policy', resource: 'poddisruptionbudget' };

/** newBudgetRefusal is the 429 that a budget answers, with the reason as a cause. */
export function newBudgetRefusal(
  text: string,
  retryAfterSeconds: number,
  cause?: unknown,
): StatusError {
  const { status } = newTooManyRequests(REFUSAL, retryAfterSeconds);
  const details = retryAfterSeconds > 0 ? { retryAfterSeconds } : {};
  const causes = [{ reason: 'DisruptionBudget', message: text }];
  return new StatusError({ ...status, details: { ...details, causes } }, { cause });
}

/** stillProcessed is the text for a budget that its controller has not caught up with. */
export function stillProcessed(name: string): string {
  return `The disruption budget ${name} is still being processed by the server.`;
}

/** budgetOf answers the budget that guards a pod; throws where there are several. */
export async function budgetOf(client: Client, pod: Pod): Promise<PodDisruptionBudget | undefined> {
  const { namespace = '', labels } = pod.metadata;
  const { items } = await client.list(POD_DISRUPTION_BUDGETS, { namespace });
  const budgets = items.filter(({ spec }) => selects(spec?.selector, labels));
  if (budgets.length > 1) {
    throw newPlainError(
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    );
  }
  return budgets[0];
}

/** unhealthyMayGo tells whether a budget lets a pod go that does not count as healthy anyway. */
export function unhealthyMayGo(pod: Pod, budget: PodDisruptionBudget): boolean {
  const ready = pod.status?.conditions?.some(
    ({ type, status }) => type === 'Ready' && status === 'True',
  );
  if (ready) return false;
  if (budget.spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  const { currentHealthy = 0, desiredHealthy = 0 } = budget.status ?? {};
  return desiredHealthy > 0 && currentHealthy >= desiredHealthy;
}

function refuseUnlessAllowed({ metadata, status = {} }: PodDisruptionBudget): void {
  const { name = '', generation = 0 } = metadata;
  const { disruptionsAllowed = 0, disruptedPods = {}, observedGeneration = 0 } = status;
  if (observedGeneration < generation) throw newBudgetRefusal(stillProcessed(name), 10);
  if (disruptionsAllowed < 0)
    throw newForbidden(BUDGETS, name, 'pdb disruptions allowed is negative');
  if (Object.keys(disruptedPods).length > MAX_DISRUPTED_PODS) {
    const text = 'DisruptedPods map too big - too many evictions not confirmed by PDB controller';
    throw newForbidden(BUDGETS, name, text);
  }
  if (disruptionsAllowed > 0) return;
  const { desiredHealthy = 0, currentHealthy = 0 } = status;
  const needs = `needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`;
  throw newBudgetRefusal(`The disruption budget ${name} ${needs}`, 0);
}

/** charged notes in a budget that a pod is about to go, so that the next one sees it. */
function charged(budget: PodDisruptionBudget, podName: string, now: Date): PodDisruptionBudget {
  const copy = structuredClone(budget);
  const status = copy.status ?? {};
  const at = timestampOf(now);
  const left = (status.disruptionsAllowed ?? 0) - 1;
  status.disruptionsAllowed = left;
  status.disruptedPods = { ...status.disruptedPods, [podName]: at };
  if (left === 0) {
    const type = 'DisruptionAllowed';
    const others = (status.conditions ?? []).filter((one) => one.type !== type);
    const before = status.conditions?.find((one) => one.type === type);
    const lastTransitionTime = before?.status === 'False' ? before.lastTransitionTime : at;
    const observedGeneration = status.observedGeneration ?? 0;
    const reason = 'InsufficientPods';
    const said = { reason, message: '', observedGeneration, lastTransitionTime };
    status.conditions = [...others, { type, status: 'False', ...said }];
  }
  copy.status = status;
  return copy;
}

/** chargeBudget takes one disruption from a budget; throws 429 where none is left. */
export async function chargeBudget(
  client: Client,
  budget: PodDisruptionBudget,
  podName: string,
  context: Pick<RequestContext, 'now' | 'dryRun'>,
): Promise<void> {
  const { name = '', namespace = '' } = budget.metadata;
  let current = budget;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    refuseUnlessAllowed(current);
    if (context.dryRun) return;
    try {
      await client.updateStatus(POD_DISRUPTION_BUDGETS, charged(current, podName, context.now));
      return;
    } catch (error) {
      if (!isConflict(error)) throw error;
      current = await client.get(POD_DISRUPTION_BUDGETS, { namespace, name });
    }
  }
  const text = `couldn't update PodDisruptionBudget ${JSON.stringify(name)} due to conflicts`;
  throw newTimeout(text, 10);
}
