import type { NamespaceCondition } from '../../../apis/core/v1/types.ts';
import { timestampOf } from '../../../machinery/timestamp.ts';
import type { Remains } from './namespace-content.ts';

interface Finding {
  readonly type: string;
  readonly failed: string | undefined;
  readonly reasons: readonly [failed: string, fine: string];
  readonly fine: string;
}

/**
 * deletionConditions says in the conditions of a namespace what its deletion waits for, in the
 * words of kube-controller-manager. A condition that does not change keeps its time.
 */
export function deletionConditions(
  existing: readonly NamespaceCondition[],
  remains: Remains,
  discoveryFailures: ReadonlyMap<string, unknown>,
  now: Date,
): NamespaceCondition[] {
  const conditions = findings(remains, discoveryFailures).map((finding) =>
    conditionOf(finding, existing, now),
  );
  const types = new Set(conditions.map((one) => one.type));
  return [...existing.filter((one) => !types.has(one.type)), ...conditions];
}

function conditionOf(
  { type, failed, reasons, fine }: Finding,
  existing: readonly NamespaceCondition[],
  now: Date,
): NamespaceCondition {
  const status = failed === undefined ? 'False' : 'True';
  const [failedReason, fineReason] = reasons;
  const reason = failed === undefined ? fineReason : failedReason;
  const message = failed ?? fine;
  const held = existing.find((one) => one.type === type);
  if (held?.status === status && held.reason === reason && held.message === message) return held;
  return { type, status, lastTransitionTime: timestampOf(now), reason, message };
}

function findings(remains: Remains, discoveryFailures: ReadonlyMap<string, unknown>): Finding[] {
  return [
    {
      type: 'NamespaceDeletionDiscoveryFailure',
      failed: discoveryText(discoveryFailures),
      reasons: ['DiscoveryFailed', 'ResourcesDiscovered'],
      fine: 'All resources successfully discovered',
    },
    {
      type: 'NamespaceDeletionGroupVersionParsingFailure',
      failed: undefined,
      reasons: ['GroupVersionParsingFailed', 'ParsedGroupVersions'],
      fine: 'All legacy kube types successfully parsed',
    },
    {
      type: 'NamespaceDeletionContentFailure',
      failed: errorText(remains.errors),
      reasons: ['ContentDeletionFailed', 'ContentDeleted'],
      fine: 'All content successfully deleted, may be waiting on finalization',
    },
    {
      type: 'NamespaceContentRemaining',
      failed: listed('Some resources are remaining: ', remains.counts, ' has '),
      reasons: ['SomeResourcesRemain', 'ContentRemoved'],
      fine: 'All content successfully removed',
    },
    {
      type: 'NamespaceFinalizersRemaining',
      failed: listed(
        'Some content in the namespace has finalizers remaining: ',
        remains.finalizers,
        ' in ',
      ),
      reasons: ['SomeFinalizersRemain', 'ContentHasNoFinalizers'],
      fine: 'All content-preserving finalizers finished',
    },
  ];
}

function listed(
  head: string,
  counts: ReadonlyMap<string, number>,
  between: string,
): string | undefined {
  if (counts.size === 0) return undefined;
  const parts = [...counts].map(([name, count]) => `${name}${between}${count} resource instances`);
  return head + parts.sort().join(', ');
}

function discoveryText(failures: ReadonlyMap<string, unknown>): string | undefined {
  if (failures.size === 0) return undefined;
  const parts = [...failures].map(([group, error]) => `${group}: ${messageOf(error)}`);
  return `Discovery failed for some groups, ${failures.size} failing: unable to retrieve the complete list of server APIs: ${parts.join(', ')}`;
}

function errorText(errors: readonly unknown[]): string | undefined {
  if (errors.length === 0) return undefined;
  return `Failed to delete all resource types, ${errors.length} remaining: ${errors.map(messageOf).sort().join(', ')}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
