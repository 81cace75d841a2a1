import type { Node, Pod, PodCondition, Taint } from '../../../apis/core/v1/types.ts';
import { NODES, PODS } from '../../../apis/resource-types.ts';
import {
  type Controller,
  type ControllerDeps,
  source,
} from '../../../controller-kit/controller.ts';
import { objectKey } from '../../../machinery/object.ts';
import { isNotFound } from '../../../machinery/status-error.ts';
import { timestampOf } from '../../../machinery/timestamp.ts';
import { isFinished } from '../pod-facts.ts';
import { acceptingTolerations } from '../taints.ts';

const BY_NODE = 'taint-eviction-node';
const DISRUPTION = 'DisruptionTarget';

/** evictingTaints are the taints of a node that pods must tolerate to stay. */
function evictingTaints(node: Node | undefined): readonly Taint[] {
  return (node?.spec?.taints ?? []).filter(({ effect }) => effect === 'NoExecute');
}

/**
 * stayMs is how long a pod may stay where such taints are: undefined for ever, 0 not at all. Of the
 * tolerations that name a time the shortest counts.
 */
export function stayMs(pod: Pod, taints: readonly Taint[]): number | undefined {
  const seconds: number[] = [];
  for (const taint of taints) {
    const accepting = acceptingTolerations(pod.spec?.tolerations, taint);
    const [first] = accepting;
    if (!first) return 0;
    if (first.tolerationSeconds !== undefined) seconds.push(Math.max(0, first.tolerationSeconds));
  }
  return seconds.length === 0 ? undefined : Math.min(...seconds) * 1000;
}

/**
 * newTaintEvictionController deletes pods that do not tolerate a NoExecute taint of their node, or
 * not any longer (kube-controller-manager's `taint-eviction-controller`). The time of a toleration
 * begins when this process sees the taint.
 */
export function newTaintEvictionController(deps: ControllerDeps): Controller {
  const { client, informers, clock, recorder } = deps;
  const pods = informers.informer(PODS);
  const nodes = informers.informer(NODES);
  /** Since when pods are only tolerated for a while, by uid. */
  const since = new Map<string, number>();
  pods.addIndex(BY_NODE, ({ spec }) => (spec?.nodeName ? [spec.nodeName] : []));

  function letStay(pod: Pod): undefined {
    if (!since.delete(pod.metadata.uid ?? '')) return undefined;
    const text = `Cancelling deletion of Pod ${objectKey(pod)}`;
    recorder.event(pod, 'Normal', 'TaintManagerEviction', text);
    return undefined;
  }

  async function evict(pod: Pod): Promise<void> {
    const { namespace, name = '', uid = '' } = pod.metadata;
    recorder.event(
      pod,
      'Normal',
      'TaintManagerEviction',
      `Marking for deletion Pod ${namespace}/${name}`,
    );
    try {
      await client.updateStatus(PODS, {
        ...pod,
        status: { ...pod.status, conditions: disrupted(pod) },
      });
      await client.delete(PODS, { namespace, name }, { preconditions: { uid } });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    since.delete(uid);
  }

  function disrupted({ status }: Pod): PodCondition[] {
    const others = (status?.conditions ?? []).filter(({ type }) => type !== DISRUPTION);
    const condition = {
      type: DISRUPTION,
      status: 'True',
      reason: 'DeletionByTaintManager',
      message: 'Taint manager: deleting due to NoExecute taint',
      lastTransitionTime: timestampOf(clock.now()),
    };
    return [...others, condition];
  }

  return {
    name: 'taint-eviction',
    concurrency: 4,
    sources: [
      {
        type: PODS,
        keys: ({ current, previous }) => {
          if (!current) since.delete(previous?.metadata.uid ?? '');
          return current ? [objectKey(current)] : [];
        },
      },
      source(NODES, (node, before) => {
        const isSame = evictingTaints(node).length === 0 && evictingTaints(before).length === 0;
        return isSame ? [] : pods.byIndex(BY_NODE, node.metadata.name ?? '').map(objectKey);
      }),
    ],
    async reconcile(key) {
      const pod = pods.get(key);
      if (!pod?.spec?.nodeName || pod.metadata.deletionTimestamp || isFinished(pod))
        return undefined;
      const taints = evictingTaints(nodes.get(pod.spec.nodeName));
      const allowed = taints.length === 0 ? undefined : stayMs(pod, taints);
      if (allowed === undefined) return letStay(pod);
      const { uid = '' } = pod.metadata;
      const now = clock.now().getTime();
      const begun = since.get(uid) ?? now;
      since.set(uid, begun);
      const left = begun + allowed - now;
      if (left > 0) return { requeueAfterMs: left };
      await evict(pod);
      return undefined;
    },
  };
}
