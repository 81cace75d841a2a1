/**
 * PodNetwork is what the node agent needs of the network room: an address for a sandbox, and its
 * end. Both methods are idempotent: after a restart the agent attaches what already runs.
 */
export interface PodNetwork {
  /**
   * attach gives the network namespace of process `pid` an interface and an address. Asked again
   * for the same pod it answers the same address.
   */
  attach(
    pod: { readonly uid: string; readonly name: string; readonly namespace: string },
    pid: number,
  ): Promise<PodAddress>;
  /** detach gives the address back. The namespace may be gone already. */
  detach(podUid: string): Promise<void>;
  /** dns is what a pod's /etc/resolv.conf says. */
  readonly dns: { readonly servers: readonly string[]; readonly clusterDomain: string };
}

/** PodAddress is where a pod is reached, and where the host reaches it from. */
export interface PodAddress {
  readonly podIP: string;
  readonly hostIP: string;
}
