import type { Node } from '../../apis/core/v1/types.ts';
import type { Admission } from '../../apiserver/contracts.ts';

const NOT_READY = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };

/**
 * newNodeTaint keeps pods away from new nodes until they report that they are ready: the
 * TaintNodesByCondition admission plugin. The node lifecycle controller takes the taint away.
 */
export function newNodeTaint(): Admission {
  return {
    mutate({ type, operation, subresource, object }) {
      if (type.group !== '' || type.resource !== 'nodes') return;
      if (operation !== 'CREATE' || subresource !== '') return;
      const node = object as Node;
      const taints = node.spec?.taints ?? [];
      if (taints.some(({ key, effect }) => key === NOT_READY.key && effect === NOT_READY.effect))
        return;
      node.spec = { ...node.spec, taints: [...taints, { ...NOT_READY }] };
    },
  };
}
