import type { ContainerRole } from '../labels.ts';

/** Step is one thing to do for a pod, decided from data and executed idempotently. */
export type Step =
  | {
      readonly do: 'prepareSandbox';
      readonly adoptId: string | undefined;
      readonly attempt: number;
    }
  | { readonly do: 'stopSandbox'; readonly ids: readonly string[] }
  | {
      readonly do: 'startContainer';
      readonly role: Exclude<ContainerRole, 'sandbox'>;
      readonly name: string;
      readonly attempt: number;
      /** When the one before ended. */
      readonly previousEndMs: number | undefined;
      /** The container whose processes an ephemeral container is to see, when it has one. */
      readonly targetId?: string | undefined;
      /** A container that was made and never started. */
      readonly leftoverId: string | undefined;
    }
  | {
      readonly do: 'killContainer';
      readonly id: string;
      readonly name: string;
      readonly why: string;
      readonly graceSeconds: number;
    }
  | { readonly do: 'finishDeletion' };

/** stepKey says which steps exclude each other: there is one at a time of each key. */
export function stepKey(step: Step): string {
  switch (step.do) {
    case 'prepareSandbox':
    case 'stopSandbox':
      return 'sandbox';
    case 'startContainer':
    case 'killContainer':
      return `container/${step.name}`;
    case 'finishDeletion':
      return 'finish';
  }
}

/** Plan is what to do now, and when to look again without being asked. */
export interface Plan {
  readonly steps: readonly Step[];
  readonly wakeAtMs: number | undefined;
}
