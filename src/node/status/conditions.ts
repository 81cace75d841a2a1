import type { ContainerStatus, Pod, PodCondition } from '../../apis/core/v1/types.ts';
import type { Phase } from './phase.ts';

/** ConditionFacts are what the conditions of a pod are made from. */
export interface ConditionFacts {
  readonly pod: Pod;
  readonly phase: Phase;
  readonly initialized: boolean;
  readonly sandboxReady: boolean;
  readonly inits: readonly ContainerStatus[];
  readonly apps: readonly ContainerStatus[];
  readonly now: string;
}

type Draft = Pick<PodCondition, 'type' | 'status' | 'reason' | 'message'>;

function isTrue(type: string, reason?: string): Draft {
  return { type, status: 'True', ...(reason ? { reason } : {}) };
}

function isFalse(type: string, reason: string, message?: string): Draft {
  return { type, status: 'False', reason, ...(message ? { message } : {}) };
}

function namesOf(statuses: readonly ContainerStatus[]): string {
  return `[${statuses.map(({ name }) => name).join(' ')}]`;
}

function initializedCondition({ phase, initialized, inits }: ConditionFacts): Draft {
  if (phase === 'Succeeded') return isTrue('Initialized', 'PodCompleted');
  if (initialized) return isTrue('Initialized');
  const incomplete = inits.filter(({ state }) => state?.terminated?.exitCode !== 0);
  const message = `containers with incomplete status: ${namesOf(incomplete)}`;
  return isFalse('Initialized', 'ContainersNotInitialized', message);
}

function containersReady({ phase, apps }: ConditionFacts): Draft {
  if (phase === 'Succeeded') return isFalse('ContainersReady', 'PodCompleted');
  if (phase === 'Failed') return isFalse('ContainersReady', 'PodFailed');
  const unready = apps.filter(({ ready }) => !ready);
  if (unready.length === 0) return isTrue('ContainersReady');
  const message = `containers with unready status: ${namesOf(unready)}`;
  return isFalse('ContainersReady', 'ContainersNotReady', message);
}

function readyCondition(facts: ConditionFacts): Draft {
  const containers = containersReady(facts);
  if (containers.status !== 'True') return { ...containers, type: 'Ready' };
  const conditions = facts.pod.status?.conditions ?? [];
  const unmet = (facts.pod.spec?.readinessGates ?? [])
    .map(({ conditionType }) => ({
      conditionType,
      found: conditions.find(({ type }) => type === conditionType),
    }))
    .filter(({ found }) => found?.status !== 'True')
    .map(({ conditionType, found }) =>
      found === undefined
        ? `corresponding condition of pod readiness gate "${conditionType}" does not exist.`
        : `the status of pod readiness gate "${conditionType}" is not "True", but ${found.status}`,
    );
  if (unmet.length === 0) return isTrue('Ready');
  return isFalse('Ready', 'ReadinessGatesNotReady', unmet.join(', '));
}

function dated(draft: Draft, before: readonly PodCondition[], now: string): PodCondition {
  const old = before.find(({ type }) => type === draft.type);
  const kept = old?.status === draft.status ? old.lastTransitionTime : undefined;
  return { ...draft, lastTransitionTime: kept ?? now };
}

const OWN = new Set([
  'PodReadyToStartContainers',
  'Initialized',
  'Ready',
  'ContainersReady',
  'PodScheduled',
]);

/** podConditions are the conditions of a pod; those that others wrote are kept. */
export function podConditions(facts: ConditionFacts): PodCondition[] {
  const before = facts.pod.status?.conditions ?? [];
  const drafts: Draft[] = [
    facts.sandboxReady
      ? isTrue('PodReadyToStartContainers')
      : { type: 'PodReadyToStartContainers', status: 'False' },
    initializedCondition(facts),
    readyCondition(facts),
    containersReady(facts),
    isTrue('PodScheduled'),
  ];
  const others = before.filter(({ type }) => !OWN.has(type));
  return [...drafts.map((draft) => dated(draft, before, facts.now)), ...others];
}
