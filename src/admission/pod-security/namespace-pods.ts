import type { Pod } from '../../apis/core/v1/types.ts';
import { Steps } from '../../machinery/steps.ts';
import { evaluate, reasonsText } from './evaluate.ts';
import { type LevelVersion, levelText } from './policy.ts';

/** MAX_PODS is how many pods of a namespace are looked at when its level is raised. */
const MAX_PODS = 3000;

/** prioritized puts one pod of every controller first, so that all kinds are looked at. */
function prioritized(pods: readonly Pod[]): Pod[] {
  const seen = new Set<string>();
  const first: Pod[] = [];
  const others: Pod[] = [];
  for (const pod of pods) {
    const controller = pod.metadata.ownerReferences?.find((one) => one.controller)?.uid;
    const isDuplicate = controller !== undefined && seen.has(controller);
    (isDuplicate ? others : first).push(pod);
    if (controller !== undefined) seen.add(controller);
  }
  return [...first, ...others];
}

function podsText(names: readonly string[]): string {
  const [first = ''] = [...names].sort();
  const more = names.length - 1;
  if (more === 0) return first;
  return `${first} (and ${more} other ${more === 1 ? 'pod' : 'pods'})`;
}

/** warningsOfPods tells, in steps, which pods of a namespace would not be admitted under a new level. */
export async function warningsOfPods(
  namespace: string,
  pods: readonly Pod[],
  level: LevelVersion,
): Promise<string[]> {
  const checked = prioritized(pods).slice(0, MAX_PODS);
  const byReason = new Map<string, string[]>();
  const steps = new Steps();
  for (const pod of checked) {
    const pause = steps.done(0);
    if (pause) await pause;
    if (!pod.spec) continue;
    const violations = evaluate(level, { metadata: pod.metadata, spec: pod.spec });
    if (violations.length === 0) continue;
    const reasons = reasonsText(violations);
    const names = byReason.get(reasons) ?? [];
    byReason.set(reasons, names);
    names.push(pod.metadata.name ?? '');
  }
  const warnings: string[] = [];
  if (checked.length < pods.length) {
    warnings.push(
      `new PodSecurity enforce level only checked against the first ${checked.length} of ${pods.length} existing pods`,
    );
  }
  if (byReason.size === 0) return warnings;
  const place = `namespace ${JSON.stringify(namespace)}`;
  warnings.push(
    `existing pods in ${place} violate the new PodSecurity enforce level "${levelText(level)}"`,
  );
  const lines = [...byReason].map(([reasons, names]) => `${podsText(names)}: ${reasons}`);
  return [...warnings, ...lines.sort()];
}
