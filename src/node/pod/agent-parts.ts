import type { Client } from '../../client/client.ts';
import type { Clock, EventRecorder, Logger } from '../../controller-kit/controller.ts';
import type { Engine } from '../../engine/engine.ts';
import type { ImagePuller } from '../images/image-puller.ts';
import type { PodNetwork } from '../pod-network.ts';
import type { ServiceAccountTokens } from '../volumes/service-account-tokens.ts';
import type { ObjectSources } from './object-sources.ts';

/**
 * SandboxNetwork says how sandboxes come by a network namespace. `unshare`: the program of the
 * sandbox makes one, which takes a third less time than the engine's `none`, and is given up for
 * `none` for good where it does not work.
 */
export interface SandboxNetwork {
  mode: 'unshare' | 'none';
}

/** AgentParts is what the workers of an agent share. */
export interface AgentParts {
  readonly client: Client;
  readonly engine: Engine;
  readonly podNetwork: PodNetwork;
  readonly clock: Clock;
  readonly log: Logger;
  readonly recorder: EventRecorder;
  readonly owner: string;
  readonly dataDirectory: string;
  readonly nodeAddress: string;
  readonly nodeMemoryBytes: number;
  readonly allocatable: Readonly<Record<string, string>>;
  /** The lowest OOM score that a container may have. */
  readonly oomFloor: number;
  readonly pauseImage: string;
  /** How sandboxes come by a network namespace. */
  readonly sandboxNetwork: SandboxNetwork;
  readonly puller: ImagePuller;
  readonly tokens: ServiceAccountTokens;
  readonly sources: ObjectSources;
}
