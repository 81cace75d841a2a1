import type { Node } from '../../../apis/core/v1/types.ts';

/** OLD_LABELS are labels that follow the one that took their place. */
const OLD_LABELS = [
  ['kubernetes.io/os', 'beta.kubernetes.io/os'],
  ['kubernetes.io/arch', 'beta.kubernetes.io/arch'],
] as const;

/** oldLabels are the old labels that a node lacks, or whose value is not that of the new one. */
export function oldLabels({ metadata: { labels = {} } }: Node): Record<string, string> {
  const changed: Record<string, string> = {};
  for (const [label, old] of OLD_LABELS) {
    const value = labels[label];
    if (value !== undefined && labels[old] !== value) changed[old] = value;
  }
  return changed;
}
