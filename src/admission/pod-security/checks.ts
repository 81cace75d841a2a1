import type { PodParts, Violation } from './pod-parts.ts';

/** Check is one rule of the Pod Security Standards. */
export interface Check {
  readonly id: string;
  /** The first minor version of Kubernetes that has it; default: all. */
  readonly since?: number;
  /** The check of a weaker level in whose place it stands. */
  readonly replaces?: string;
  /** Answers what is wrong, under the rules of a minor version. */
  check(pod: PodParts, minor: number): Violation | undefined;
}
