import type { Taint, Toleration } from '../../apis/core/v1/types.ts';

/** UNSCHEDULABLE_TAINT is what a cordoned node counts as. */
export const UNSCHEDULABLE_TAINT: Taint = {
  key: 'node.kubernetes.io/unschedulable',
  effect: 'NoSchedule',
};

/** acceptingTolerations are those of the tolerations that accept a taint, in their order. */
export function acceptingTolerations(
  tolerations: readonly Toleration[] | undefined,
  taint: Taint,
): readonly Toleration[] {
  return (tolerations ?? []).filter((one) => accepts(one, taint));
}

/** tolerates tells whether one of the tolerations accepts a taint. */
export function tolerates(tolerations: readonly Toleration[] | undefined, taint: Taint): boolean {
  return acceptingTolerations(tolerations, taint).length > 0;
}

function accepts(toleration: Toleration, taint: Taint): boolean {
  const { effect, key, operator = 'Equal', value = '' } = toleration;
  if (effect && effect !== taint.effect) return false;
  if (key && key !== taint.key) return false;
  if (operator === 'Exists') return true;
  return Boolean(key) && operator === 'Equal' && value === (taint.value ?? '');
}
