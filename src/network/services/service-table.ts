import { runCommand } from '../run-command.ts';
import { baseRuleset, type RulesetOptions } from './ruleset.ts';

/**
 * ServiceTable owns the instance's nftables table.
 */
export class ServiceTable {
  readonly #options: RulesetOptions;

  constructor(options: RulesetOptions) {
    this.#options = options;
  }

  /** ensure makes the table if somebody removed it or its rules; elements follow from the API. */
  async ensure(): Promise<void> {
    if (await this.#present()) return;
    await runCommand('nft', ['-f', '-'], baseRuleset(this.#options));
  }

  /** remove deletes the table. */
  async remove(): Promise<void> {
    const table = `ip ${this.#options.tableName}`;
    await runCommand('nft', ['-f', '-'], `add table ${table}\ndelete table ${table}\n`);
  }

  async #present(): Promise<boolean> {
    try {
      const args = ['list', 'chain', 'ip', this.#options.tableName, 'to_service'];
      return (await runCommand('nft', args)).includes('@services');
    } catch {
      return false;
    }
  }
}
