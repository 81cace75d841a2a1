import { readFile } from 'node:fs/promises';

const CAP_SYS_RESOURCE = 24n;
const LOWEST = -1000;

/**
 * readOomFloor answers the lowest OOM score that containers can be given on this machine. Without
 * CAP_SYS_RESOURCE, as inside of a container, no process may have less than its parent, and a
 * container that asks for it does not start.
 */
export async function readOomFloor(processDirectory = '/proc/self'): Promise<number> {
  try {
    const status = await readFile(`${processDirectory}/status`, 'utf8');
    const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
    if ((effective >> CAP_SYS_RESOURCE) & 1n) return LOWEST;
    return Number((await readFile(`${processDirectory}/oom_score_adj`, 'utf8')).trim());
  } catch {
    // Where nothing can be read, nothing special is asked for.
    return 0;
  }
}
