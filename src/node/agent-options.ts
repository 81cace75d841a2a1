import type { Client } from '../client/client.ts';
import type { Clock, EventRecorder, Informers, Logger } from '../controller-kit/controller.ts';
import type { Engine } from '../engine/engine.ts';
import type { PodNetwork } from './pod-network.ts';

/** NodeAgentOptions is what a node agent is made of. */
export interface NodeAgentOptions {
  readonly client: Client;
  /** Watched copies of pods, config maps, secrets and services; who starts them stops them. */
  readonly informers: Informers;
  readonly engine: Engine;
  readonly podNetwork: PodNetwork;
  readonly nodeName: string;
  /** Where `pods/UID/…` goes. It is made readable for root only. */
  readonly dataDirectory: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly recorder: EventRecorder;
  /** The value of the owner label: what others own is never touched. Default `sampan`. */
  readonly owner?: string;
  /** InternalIP of the node. Default: the first address of the machine that is not loopback. */
  readonly nodeAddress?: string;
  /**
   * rewriteImage answers by which references the engine is asked for an image, in order. It may
   * throw for a text that is no reference. Default: the reference itself.
   */
  readonly rewriteImage?: (reference: string) => readonly string[];
  /** How sandboxes come by a network namespace. Default `unshare`, with `none` where it fails. */
  readonly sandboxNetwork?: 'unshare' | 'none';
}
