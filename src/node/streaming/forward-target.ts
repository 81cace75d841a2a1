import type { PodPlace } from './pod-dialer.ts';

/** ForwardTarget is the pod whose ports are forwarded. */
export interface ForwardTarget {
  readonly sandboxId: string;
  /** What clients ask for that forward over channels. */
  readonly ports: readonly number[];
  /** Asked for every connection: the sandbox may be another one by then. */
  place(): Promise<PodPlace>;
}

/** forwardFailure tells in kubelet's words why a port could not be reached. */
export function forwardFailure(target: ForwardTarget, port: number, error: unknown): string {
  const refused = (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';
  const detail = refused
    ? `dial tcp4 127.0.0.1:${port}: connect: connection refused`
    : error instanceof Error
      ? error.message
      : String(error);
  return `error forwarding port ${port} to pod ${target.sandboxId}, uid : failed to connect to localhost:${port} inside namespace: ${detail}`;
}
