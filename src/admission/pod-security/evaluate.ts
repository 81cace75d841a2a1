import { BASELINE_CHECKS } from './baseline-checks.ts';
import type { Check } from './checks.ts';
import type { PodParts, Violation } from './pod-parts.ts';
import type { LevelVersion } from './policy.ts';
import { RESTRICTED_CHECKS } from './restricted-checks.ts';

function checksOf({ level, minor }: LevelVersion): readonly Check[] {
  const known = (one: Check) => minor >= (one.since ?? 0);
  const baseline = BASELINE_CHECKS.filter(known);
  if (level === 'baseline') return baseline;
  const restricted = RESTRICTED_CHECKS.filter(known);
  const replaced = restricted.map((one) => one.replaces);
  return [...baseline.filter((one) => !replaced.includes(one.id)), ...restricted];
}

/** evaluate answers everything by which a pod violates a level. */
export function evaluate(level: LevelVersion, pod: PodParts): Violation[] {
  if (level.level === 'privileged') return [];
  return checksOf(level).flatMap((one) => one.check(pod, level.minor) ?? []);
}

/** violationsText prints violations as upstream's messages do. */
export function violationsText(violations: readonly Violation[]): string {
  return violations
    .map(({ reason, detail }) => (detail === '' ? reason : `${reason} (${detail})`))
    .join(', ');
}

/** reasonsText prints the reasons of violations only. */
export function reasonsText(violations: readonly Violation[]): string {
  return violations.map(({ reason }) => reason).join(', ');
}
