import type { Pod, PodCondition } from '../../../apis/core/v1/types.ts';
import type { Eviction } from '../../../apis/policy/v1/types.ts';
import { PODS } from '../../../apis/resource-types.ts';
import type { RequestContext } from '../../../apiserver/resource-definition.ts';
import type { Client } from '../../../client/client.ts';
import { partClient } from '../../../client/part-client.ts';
import { invalid } from '../../../machinery/field-error.ts';
import type { DeleteOptions } from '../../../machinery/meta/v1.ts';
import type { KubeObject } from '../../../machinery/object.ts';
import {
  isConflict,
  newBadRequest,
  newConflict,
  newInvalid,
} from '../../../machinery/status-error.ts';
import { newSuccess } from '../../../machinery/success.ts';
import { timestampOf } from '../../../machinery/timestamp.ts';
import type { KubeDeps } from '../deps.ts';
import {
  budgetOf,
  chargeBudget,
  newBudgetRefusal,
  stillProcessed,
  unhealthyMayGo,
} from './disruption-check.ts';

const ATTEMPTS = 20;
const ENDED = ['Succeeded', 'Failed'];

/** deleteOptionsOf reads how the pod is to be deleted; a dry run may be asked for in two places. */
function deleteOptionsOf(eviction: Eviction, context: RequestContext): DeleteOptions {
  const options = eviction.deleteOptions ?? {};
  const asked = context.dryRun ? ['All'] : [];
  const own = options.dryRun ?? [];
  if (own.length > 0 && asked.length > 0 && own.join() !== asked.join()) {
    const both = `[${asked.join(' ')}] and [${own.join(' ')}]`;
    throw newBadRequest(`Non-matching dry-run options in request and content: ${both}`);
  }
  const dryRun = own.length > 0 ? own : asked;
  return dryRun.length > 0 ? { ...options, dryRun } : options;
}

function check(eviction: Eviction, name: string): void {
  if (eviction.metadata?.name !== name)
    throw newBadRequest('name in URL does not match name in Eviction object');
  if (!eviction.deleteOptions?.ignoreStoreReadErrorWithClusterBreakingPotential) return;
  const path = 'deleteOptions.ignoreStoreReadErrorWithClusterBreakingPotential';
  const detail = 'can not be set for pod eviction, try after removing the option';
  throw newInvalid({ group: 'policy', kind: 'Eviction' }, name, [invalid(path, true, detail)]);
}

/** needsNoBudget: a pod that has not begun, has ended or is going disrupts nothing. */
function needsNoBudget({ metadata, status }: Pod): boolean {
  const phase = status?.phase ?? '';
  return phase === 'Pending' || isOver(phase) || metadata.deletionTimestamp !== undefined;
}

function isOver(phase: string): boolean {
  return ENDED.includes(phase);
}

function withCondition(pod: Pod, now: Date): Pod {
  const copy = structuredClone(pod);
  const condition: PodCondition = {
    type: 'DisruptionTarget',
    status: 'True',
    lastTransitionTime: timestampOf(now),
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
  };
  const others = (copy.status?.conditions ?? []).filter((one) => one.type !== condition.type);
  copy.status = { ...copy.status, conditions: [...others, condition] };
  return copy;
}

function checkPreconditions(pod: Pod, options: DeleteOptions): void {
  const { uid, resourceVersion } = options.preconditions ?? {};
  const { name = '', uid: ownUid, resourceVersion: ownVersion } = pod.metadata;
  const conflict = (text: string) => newConflict({ group: '', resource: 'Pod' }, name, text);
  if (uid && uid !== ownUid) {
    throw conflict(
      `the UID in the precondition (${uid}) does not match the UID in record (${ownUid}). The object might have been deleted and then recreated`,
    );
  }
  if (resourceVersion && resourceVersion !== ownVersion) {
    throw conflict(
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${ownVersion}). The object might have been modified`,
    );
  }
}

/** Evictions carries out evictions with the rights of the server itself. */
class Evictions {
  readonly #client: Client;
  /** Marks and deletes pods: as upstream, only the eviction itself is admitted. */
  readonly #part: Client;

  constructor(client: Client) {
    this.#client = client;
    this.#part = partClient(client);
  }

  async evict(name: string, options: DeleteOptions, context: RequestContext): Promise<void> {
    const pod = await this.#withoutBudget(name, options, context);
    if (pod === undefined) return;
    const budget = await budgetOf(this.#client, pod);
    if (budget === undefined) return this.#remove(name, options, context);
    if (!unhealthyMayGo(pod, budget)) {
      const dryRun = (options.dryRun ?? []).includes('All');
      await chargeBudget(this.#client, budget, name, { now: context.now, dryRun });
      return this.#remove(name, options, context);
    }
    await this.#removeUnhealthy(pod, budget.metadata.name ?? '', { options, context });
  }

  /** Removes a pod that needs no budget; answers the pod where it does need one. */
  async #withoutBudget(name: string, options: DeleteOptions, context: RequestContext) {
    const demanded = options.preconditions?.resourceVersion !== undefined;
    for (let attempt = 1; ; attempt += 1) {
      const pod = await this.#client.get(PODS, { namespace: context.namespace, name });
      if (!needsNoBudget(pod)) return pod;
      const over = isOver(pod.status?.phase ?? '') || pod.metadata.deletionTimestamp !== undefined;
      try {
        await this.#remove(name, over || demanded ? options : asSeen(options, pod), context);
        return undefined;
      } catch (error) {
        if (!isConflict(error) || demanded || attempt >= ATTEMPTS) throw error;
      }
    }
  }

  /** A pod that has become ready in the meantime is not removed: the client tries again. */
  async #removeUnhealthy(
    pod: Pod,
    budget: string,
    how: { readonly options: DeleteOptions; readonly context: RequestContext },
  ): Promise<void> {
    const { options, context } = how;
    try {
      await this.#remove(pod.metadata.name ?? '', asSeen(options, pod), context);
    } catch (error) {
      const demanded = options.preconditions?.resourceVersion !== undefined;
      if (!isConflict(error) || demanded) throw error;
      throw newBudgetRefusal(stillProcessed(budget), 10, error);
    }
  }

  /** Tells in the pod's status why it goes, and deletes it. */
  async #remove(name: string, options: DeleteOptions, context: RequestContext): Promise<void> {
    const ref = { namespace: context.namespace, name };
    let wanted = options;
    if ((options.dryRun ?? []).length === 0) {
      const marked = await this.#mark(ref, options, context);
      const { resourceVersion } = options.preconditions ?? {};
      if (resourceVersion !== undefined) wanted = asSeen(options, marked);
    }
    await this.#part.delete(PODS, ref, wanted);
  }

  async #mark(
    ref: { readonly namespace: string; readonly name: string },
    options: DeleteOptions,
    context: RequestContext,
  ): Promise<Pod> {
    for (let attempt = 1; ; attempt += 1) {
      const pod = await this.#client.get(PODS, ref);
      checkPreconditions(pod, options);
      try {
        return await this.#part.updateStatus(PODS, withCondition(pod, context.now));
      } catch (error) {
        if (!isConflict(error) || attempt >= ATTEMPTS) throw error;
      }
    }
  }
}

/** asSeen demands that the pod is still as it was seen. */
function asSeen(
  options: DeleteOptions,
  { metadata: { resourceVersion = '' } }: Pod,
): DeleteOptions {
  return { ...options, preconditions: { ...options.preconditions, resourceVersion } };
}

/** newEvictionHandler serves `pods/eviction`: it deletes a pod as far as budgets allow. */
export function newEvictionHandler(deps: KubeDeps) {
  const evictions = new Evictions(deps.client);
  return async (name: string, input: KubeObject, context: RequestContext): Promise<KubeObject> => {
    const eviction = input as Eviction;
    check(eviction, name);
    await evictions.evict(name, deleteOptionsOf(eviction, context), context);
    return newSuccess({ code: 201 });
  };
}
