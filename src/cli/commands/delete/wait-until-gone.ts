import { setTimeout as sleep } from 'node:timers/promises';
import { groupResource } from '../../../machinery/object.ts';
import { isNotFound, isStatusError } from '../../../machinery/status-error.ts';
import { CliError } from '../../cli-error.ts';
import type { Invocation } from '../../command.ts';
import type { Victim } from './victims.ts';

const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 1000;

async function uidOf({ mapping, namespace, name }: Victim, { session }: Invocation) {
  const client = await session.client();
  try {
    return (await client.get(mapping, { namespace, name })).metadata.uid;
  } catch (error) {
    if (isNotFound(error) || isStatusError(error, 'Forbidden')) return undefined;
    throw error;
  }
}

/**
 * waitUntilGone waits until deleted objects are really gone, or others of their names took their
 * place. It gives up after `timeoutMs`, unless that is 0, and when the user interrupts.
 */
export async function waitUntilGone(
  victims: readonly Victim[],
  invocation: Invocation,
  timeoutMs: number,
): Promise<void> {
  const started = Date.now();
  for (const victim of victims) {
    const first = await uidOf(victim, invocation);
    let uid = first;
    for (let pause = FIRST_PAUSE_MS; uid !== undefined && uid === first; ) {
      if (timeoutMs > 0 && Date.now() - started > timeoutMs)
        throw new CliError(
          `timed out waiting for the condition on ${groupResource(victim.mapping)}/${victim.name}`,
        );
      await sleep(pause, undefined, { signal: invocation.io.signal });
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      uid = await uidOf(victim, invocation);
    }
  }
}
