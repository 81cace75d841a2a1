import type { Logger } from '../../controller-kit/controller.ts';
import { runCommand } from '../run-command.ts';
import { type ElementChange, ElementStore, splitChanges } from './element-store.ts';
import { elementCommands } from './nft-text.ts';
import {
  baseRuleset,
  type ChainSpec,
  chainCommands,
  chainName,
  type RulesetOptions,
} from './ruleset.ts';
import type { ServicePlan } from './service-plan.ts';

/**
 * ServiceTable keeps the instance's nftables table equal to the plans it was given.
 *
 * INVARIANTS: one nft transaction at a time; plans that arrive meanwhile go together into the next
 * one; the table of an earlier process is left alone until all plans are known (replaceAll), so
 * that a restart interrupts nobody; whatever fails is repaired by replacing everything at once.
 */
export class ServiceTable {
  readonly #options: RulesetOptions & { readonly log: Logger };
  readonly #elements = new ElementStore();
  readonly #chains = new Map<string, ChainSpec>();
  #changes = new Map<string, ElementChange>();
  #newChains: ChainSpec[] = [];
  #last: Promise<void> = Promise.resolve();
  #waiting: Promise<void> | undefined;
  /** The kernel was not brought to the elements: only a full replacement is sure to do it. */
  #behind = false;

  constructor(options: RulesetOptions & { readonly log: Logger }) {
    this.#options = options;
  }

  /** replaceAll makes the kernel hold these plans and nothing else, in one transaction. */
  replaceAll(plans: ReadonlyMap<string, ServicePlan>): Promise<void> {
    return this.#exclusively(async () => {
      this.#elements.clear();
      this.#chains.clear();
      for (const [owner, plan] of plans) this.#take(owner, plan);
      await this.#writeAll();
    });
  }

  /** set makes the kernel hold the plan of one Service; it resolves when it does. */
  set(owner: string, plan: ServicePlan): Promise<void> {
    this.#take(owner, plan);
    this.#waiting ??= this.#exclusively(() => {
      this.#waiting = undefined;
      return this.#writeChanges();
    });
    return this.#waiting;
  }

  /** ensure brings everything back if somebody removed the table or its rules. */
  ensure(): Promise<void> {
    return this.#exclusively(async () => {
      if (!(await this.#present())) await this.#writeAll();
    });
  }

  /** remove deletes the table. */
  remove(): Promise<void> {
    return this.#exclusively(async () => {
      const table = `ip ${this.#options.tableName}`;
      await nft([`add table ${table}`, `delete table ${table}`]);
    });
  }

  #take(owner: string, plan: ServicePlan): void {
    this.#elements.set(owner, plan.elements, this.#changes);
    for (const chain of plan.chains) {
      const name = chainName(chain);
      if (this.#chains.has(name)) continue;
      this.#chains.set(name, chain);
      this.#newChains.push(chain);
    }
  }

  async #writeChanges(): Promise<void> {
    if (this.#behind) return this.#writeAll();
    const { tableName, log } = this.#options;
    const { removed, added } = splitChanges(this.#changes);
    const lines = [
      ...this.#newChains.flatMap((chain) => chainCommands(tableName, chain)),
      ...elementCommands('delete', tableName, removed),
      ...elementCommands('add', tableName, added),
    ];
    if (lines.length === 0) return;
    this.#forgetChanges();
    try {
      await nft(lines);
    } catch (error) {
      log.warn({ error }, 'the service table differs from what it should be: replacing it');
      await this.#writeAll();
    }
  }

  async #writeAll(): Promise<void> {
    const { tableName } = this.#options;
    this.#forgetChanges();
    this.#behind = true;
    const lines = [
      baseRuleset(this.#options),
      ...[...this.#chains.values()].flatMap((chain) => chainCommands(tableName, chain)),
      ...elementCommands('add', tableName, this.#elements.all()),
    ];
    try {
      await nft(lines);
    } catch (cause) {
      // A table of another shape, such as an older version's, cannot be changed in place.
      this.#options.log.warn({ error: cause }, 'making the service table anew');
      await nft([`add table ip ${tableName}`, `delete table ip ${tableName}`, ...lines]);
    }
    this.#behind = false;
  }

  #forgetChanges(): void {
    this.#changes = new Map();
    this.#newChains = [];
  }

  async #present(): Promise<boolean> {
    try {
      const args = ['list', 'chain', 'ip', this.#options.tableName, 'to_service'];
      return (await runCommand('nft', args)).includes('@services');
    } catch {
      return false;
    }
  }

  #exclusively(work: () => Promise<void>): Promise<void> {
    const mine = this.#last.then(work);
    this.#last = mine.catch(() => undefined);
    return mine;
  }
}

async function nft(lines: readonly string[]): Promise<void> {
  await runCommand('nft', ['-f', '-'], `${lines.join('\n')}\n`);
}
