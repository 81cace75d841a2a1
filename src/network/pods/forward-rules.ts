import { CommandError, runCommand } from '../run-command.ts';

const WAIT = ['--wait', '5'];

/** ForwardRules are the accept rules that let pod traffic through Docker's FORWARD DROP policy. */
export class ForwardRules {
  readonly #prefix: string;

  constructor(interfacePrefix: string) {
    this.#prefix = interfacePrefix;
  }

  /**
   * ensure adds what is missing; true when something was. In DOCKER-USER, which Docker creates and
   * promises not to touch; on a host without that chain in FORWARD itself.
   */
  async ensure(): Promise<boolean> {
    const chain = (await succeeds(['--list-rules', 'DOCKER-USER'])) ? 'DOCKER-USER' : 'FORWARD';
    let changed = false;
    for (const rule of this.#rules()) {
      if (await succeeds(['--check', chain, ...rule])) continue;
      await runCommand('iptables', [...WAIT, '--insert', chain, ...rule]);
      changed = true;
    }
    return changed;
  }

  /** remove deletes exactly these rules. */
  async remove(): Promise<void> {
    for (const chain of ['DOCKER-USER', 'FORWARD']) {
      for (const rule of this.#rules()) {
        while (await succeeds(['--delete', chain, ...rule]));
      }
    }
  }

  #rules(): readonly (readonly string[])[] {
    const rest = ['-m', 'comment', '--comment', `${this.#prefix} pods`, '-j', 'ACCEPT'];
    return [
      ['-i', `${this.#prefix}+`, ...rest],
      ['-o', `${this.#prefix}+`, ...rest],
    ];
  }
}

async function succeeds(args: readonly string[]): Promise<boolean> {
  try {
    await runCommand('iptables', [...WAIT, ...args]);
    return true;
  } catch (error) {
    // Exit code 4 is a lock that was not free in time: that is no answer.
    if (error instanceof CommandError && (error.exitCode === 1 || error.exitCode === 2)) {
      return false;
    }
    throw error;
  }
}
