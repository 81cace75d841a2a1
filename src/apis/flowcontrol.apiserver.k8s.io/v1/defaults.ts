import type { FlowSchema, PriorityLevelConfiguration } from './types.ts';

const MATCHING_PRECEDENCE = 1000;
const QUEUING = { handSize: 8, queues: 64, queueLengthLimit: 50 };
const SHARES = 30;

/** defaultFlowSchema fills in the precedence. */
export function defaultFlowSchema(draft: FlowSchema): void {
  draft.spec ??= { priorityLevelConfiguration: { name: '' } };
  draft.spec.matchingPrecedence ||= MATCHING_PRECEDENCE;
}

/** defaultPriorityLevel fills in shares and the sizes of queues. */
export function defaultPriorityLevel(draft: PriorityLevelConfiguration): void {
  const { exempt, limited } = draft.spec ?? {};
  if (exempt) {
    exempt.nominalConcurrencyShares ??= 0;
    exempt.lendablePercent ??= 0;
  }
  if (!limited) return;
  limited.nominalConcurrencyShares ??= SHARES;
  limited.lendablePercent ??= 0;
  const queuing = limited.limitResponse?.queuing;
  if (!queuing) return;
  queuing.handSize ||= QUEUING.handSize;
  queuing.queues ||= QUEUING.queues;
  queuing.queueLengthLimit ||= QUEUING.queueLengthLimit;
}
