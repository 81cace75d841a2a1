import type { Node } from '../../apis/core/v1/types.ts';
import { NODES } from '../../apis/resource-types.ts';
import type { Client } from '../../client/client.ts';
import { createUnlessExists } from '../../client/create-unless-exists.ts';
import type { Clock, EventRecorder, Logger } from '../../controller-kit/controller.ts';
import type { Engine, ImageInfo } from '../../engine/engine.ts';
import { isNotFound } from '../../machinery/status-error.ts';
import { timestampOf } from '../../machinery/timestamp.ts';
import { renewNodeLease } from './node-lease.ts';
import {
  type NodeFacts,
  newNode,
  nodeConditions,
  nodeLabelsOf,
  nodeStatus,
} from './node-object.ts';

const CHECK_MS = 10_000;
const REPORT_MS = 60_000;

/** RegistrationDeps is what the registration of a node needs. */
export interface RegistrationDeps {
  readonly client: Client;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly log: Logger;
  readonly recorder: EventRecorder;
  readonly facts: NodeFacts;
  /** ping rejects when the engine does not answer. It is called often. */
  ping(): Promise<unknown>;
}

/**
 * Registration creates the Node object and keeps its status: at once when the engine goes or
 * comes back, and as a heartbeat every minute. It renews the node's lease every ten seconds.
 */
export class Registration {
  readonly #deps: RegistrationDeps;
  #cancel: () => void = () => undefined;
  #stopped = false;
  #problem: string | undefined;
  #reportedMs = Number.NEGATIVE_INFINITY;

  constructor(deps: RegistrationDeps) {
    this.#deps = deps;
  }

  /** start registers the node and resolves when it is ready in the API. */
  async start(): Promise<void> {
    await this.#register();
    await this.#report();
    await this.#renewLease();
    const node = newNode(this.#deps.facts);
    this.#deps.recorder.event(node, 'Normal', 'Starting', 'Starting kubelet.');
    const ready = `Node ${this.#deps.facts.nodeName} status is now: NodeReady`;
    this.#deps.recorder.event(node, 'Normal', 'NodeReady', ready);
    this.#later();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  async #register(): Promise<void> {
    const { client, facts } = this.#deps;
    const node = newNode(facts);
    if (await createUnlessExists(client, NODES, node)) return;
    await client.patch(
      NODES,
      { name: facts.nodeName },
      {
        type: 'application/merge-patch+json',
        body: { metadata: { labels: nodeLabelsOf(facts) } },
      },
    );
  }

  #later(): void {
    if (this.#stopped) return;
    this.#cancel = this.#deps.clock.setTimer(CHECK_MS, () => {
      void Promise.all([this.#check(), this.#renewLease()]).finally(() => this.#later());
    });
  }

  async #renewLease(): Promise<void> {
    const { client, clock, facts, log } = this.#deps;
    try {
      await renewNodeLease({ client, clock, nodeName: facts.nodeName });
    } catch (error) {
      log.warn({ err: error }, 'the lease of the node cannot be renewed');
    }
  }

  async #check(): Promise<void> {
    const { ping, clock, log } = this.#deps;
    const before = this.#problem;
    try {
      await ping();
      this.#problem = undefined;
    } catch (error) {
      this.#problem = 'container runtime is down';
      log.warn({ err: error }, 'the container engine does not answer');
    }
    const due = clock.elapsedMs() - this.#reportedMs >= REPORT_MS;
    if (!due && before === this.#problem) return;
    try {
      await this.#report();
    } catch (error) {
      log.warn({ err: error }, 'the status of the node cannot be written');
    }
  }

  async #images(): Promise<readonly ImageInfo[]> {
    return this.#problem === undefined ? this.#deps.engine.listImages() : [];
  }

  async #report(): Promise<void> {
    const { client, clock, facts } = this.#deps;
    const node = await this.#read();
    const now = timestampOf(clock.now());
    const conditions = nodeConditions(node.status?.conditions ?? [], this.#problem, now);
    await client.patch(
      NODES,
      { name: facts.nodeName },
      {
        type: 'application/merge-patch+json',
        body: { status: nodeStatus(facts, await this.#images(), conditions) },
      },
      { subresource: 'status' },
    );
    this.#reportedMs = clock.elapsedMs();
  }

  async #read(): Promise<Node> {
    const { client, facts } = this.#deps;
    try {
      return await client.get(NODES, { name: facts.nodeName });
    } catch (error) {
      if (!isNotFound(error)) throw error;
      await this.#register();
      return client.get(NODES, { name: facts.nodeName });
    }
  }
}
