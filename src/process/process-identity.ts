import { readFileSync } from 'node:fs';

const GONE = new Set(['Z', 'X', 'x']);

/**
 * startTicksOf answers when a process began, in clock ticks since boot: with it a pid names one
 * process although pids are given out again. Undefined when there is no such process, or only what
 * is left of one that ended and that nobody has waited for.
 */
export function startTicksOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state = '', ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return GONE.has(state) ? undefined : fields[18];
  } catch {
    return undefined;
  }
}
