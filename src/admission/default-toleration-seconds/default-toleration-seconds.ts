import type { Pod } from '../../apis/core/v1/types.ts';
import type { Admission } from '../../apiserver/contracts.ts';

const TAINTS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];
const TOLERATION_SECONDS = 300;

function tolerateLostNodes({ spec }: Pod): void {
  if (spec === undefined) return;
  const present = spec.tolerations ?? [];
  const tolerates = (taint: string) =>
    present.some(
      ({ key = '', effect = '' }) =>
        (key === taint || key === '') && (effect === 'NoExecute' || effect === ''),
    );
  const added = TAINTS.filter((taint) => !tolerates(taint)).map((key) => ({
    key,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: TOLERATION_SECONDS,
  }));
  if (added.length > 0) spec.tolerations = [...present, ...added];
}

/**
 * newDefaultTolerationSeconds lets pods stay for five minutes on a node that is lost: the
 * DefaultTolerationSeconds admission plugin.
 */
export function newDefaultTolerationSeconds(): Admission {
  return {
    mutate({ type, subresource, operation, object }) {
      if (type.group !== '' || type.resource !== 'pods' || subresource !== '') return;
      if (operation === 'CREATE' || operation === 'UPDATE') tolerateLostNodes(object as Pod);
    },
  };
}
