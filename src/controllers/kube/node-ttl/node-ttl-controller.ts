import { NODES } from '../../../apis/resource-types.ts';
import {
  type Controller,
  type ControllerDeps,
  source,
} from '../../../controller-kit/controller.ts';
import { isNotFound } from '../../../machinery/status-error.ts';

const ANNOTATION = 'node.alpha.kubernetes.io/ttl';
const RESYNC_MS = 60_000;

/** STEPS say which time to live, in seconds, holds for how many nodes; they overlap, so that it does not flap. */
const STEPS = [
  { least: 0, most: 100, seconds: 0 },
  { least: 90, most: 500, seconds: 15 },
  { least: 450, most: 1000, seconds: 30 },
  { least: 900, most: 2000, seconds: 60 },
  { least: 1800, most: Number.POSITIVE_INFINITY, seconds: 300 },
] as const;

/** nextStep is the step for a number of nodes, after a step: it is left only at its ends. */
export function nextStep(step: number, nodes: number): number {
  const { least, most } = STEPS[step] ?? STEPS[0];
  if (nodes > most) return nextStep(step + 1, nodes);
  return nodes < least ? nextStep(step - 1, nodes) : step;
}

/**
 * newNodeTtlController tells every node, by an annotation, for how many seconds its agent may keep
 * secrets and config maps before it reads them again: the longer, the more nodes there are
 * (kube-controller-manager's `ttl`).
 */
export function newNodeTtlController({ client, informers }: ControllerDeps): Controller {
  const nodes = informers.informer(NODES);
  let step = 0;
  return {
    name: 'ttl',
    sources: [source(NODES, ({ metadata }) => [metadata.name ?? ''])],
    resyncMs: RESYNC_MS,
    async reconcile(name) {
      const node = nodes.get(name);
      if (!node) return undefined;
      step = nextStep(step, nodes.list().length);
      const seconds = String(STEPS[step]?.seconds);
      if (node.metadata.annotations?.[ANNOTATION] === seconds) return undefined;
      const body = { metadata: { annotations: { [ANNOTATION]: seconds } } };
      await client
        .patch(NODES, { name }, { type: 'application/merge-patch+json', body })
        .catch((error: unknown) => {
          if (!isNotFound(error)) throw error;
        });
      return undefined;
    },
  };
}
