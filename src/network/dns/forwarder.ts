import { type Answer, decode } from 'dns-packet';
import { askResolver } from './ask-resolver.ts';
import type { Resolver } from './resolvers.ts';

/** ForwarderOptions are whom to ask and how long. */
export interface ForwarderOptions {
  resolvers(): Promise<readonly Resolver[]>;
  readonly now: () => number;
  /** How long one resolver may take, in ms. */
  readonly timeoutMs: number;
}

interface Kept {
  readonly answer: Buffer;
  readonly untilMs: number;
}

const MAX_KEPT = 4096;
const MAX_KEPT_MS = 30_000;
const DENIAL_KEPT_MS = 5_000;

/**
 * Forwarder asks the host's resolvers one after the other until one answers, and keeps answers for
 * their time to live, 30 s at most.
 *
 * INVARIANTS: the oldest entry goes when the cache is full; the same question, asked again while
 * it is on its way, waits for the same answer.
 */
export class Forwarder {
  readonly #options: ForwarderOptions;
  readonly #kept = new Map<string, Kept>();
  readonly #asked = new Map<string, Promise<Buffer | undefined>>();

  constructor(options: ForwarderOptions) {
    this.#options = options;
  }

  /** forward answers the reply to a query, with the query's id; undefined when nobody replied. */
  async forward(query: Buffer): Promise<Buffer | undefined> {
    // All but the id: flags, question and EDNS options make a difference.
    const key = query.toString('latin1', 2);
    const answer = this.#fresh(key) ?? (await this.#ask(key, query));
    if (answer === undefined) return undefined;
    const own = Buffer.from(answer);
    own.writeUInt16BE(query.readUInt16BE(0), 0);
    return own;
  }

  #fresh(key: string): Buffer | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined || kept.untilMs <= this.#options.now()) return undefined;
    return kept.answer;
  }

  #ask(key: string, query: Buffer): Promise<Buffer | undefined> {
    const present = this.#asked.get(key);
    if (present !== undefined) return present;
    const asking = this.#askAll(query)
      .then((answer) => {
        if (answer !== undefined) this.#keep(key, answer);
        return answer;
      })
      .finally(() => this.#asked.delete(key));
    this.#asked.set(key, asking);
    return asking;
  }

  async #askAll(query: Buffer): Promise<Buffer | undefined> {
    let refusal: Buffer | undefined;
    for (const resolver of await this.#options.resolvers()) {
      try {
        const answer = await askResolver(resolver, query, this.#options.timeoutMs);
        const rcode = (answer[3] ?? 0) & 0x0f;
        if (rcode === 0 || rcode === 3) return answer;
        refusal = answer;
      } catch {
        // The next one is asked: that a resolver is silent is no news to a client.
      }
    }
    return refusal;
  }

  #keep(key: string, answer: Buffer): void {
    const forMs = keepForMs(answer);
    if (forMs <= 0) return;
    this.#kept.delete(key);
    this.#kept.set(key, { answer, untilMs: this.#options.now() + forMs });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MAX_KEPT) break;
      this.#kept.delete(oldest);
    }
  }
}

function keepForMs(message: Buffer): number {
  const rcode = (message[3] ?? 0) & 0x0f;
  if (rcode !== 0 && rcode !== 3) return 0;
  try {
    const answers: readonly Answer[] = decode(message).answers ?? [];
    if (answers.length === 0) return DENIAL_KEPT_MS;
    const ttls = answers.map((one) => ('ttl' in one ? (one.ttl ?? 0) : 0));
    return Math.min(MAX_KEPT_MS, Math.min(...ttls) * 1000);
  } catch {
    // A record that this codec does not know is passed on, but not kept.
    return 0;
  }
}
