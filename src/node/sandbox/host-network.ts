import { readlink } from 'node:fs/promises';

const PATIENCE_MS = 2000;
const LOOK_MS = 2;

async function namespaceOf(process: number | 'self'): Promise<string | undefined> {
  try {
    return await readlink(`/proc/${process}/ns/net`);
  } catch {
    // The process has ended, or cannot be seen from here.
    return undefined;
  }
}

/** leavesHostNetwork waits until a process has a network namespace of its own; false if it never has. */
export async function leavesHostNetwork(pid: number): Promise<boolean> {
  const own = await namespaceOf('self');
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    const namespace = await namespaceOf(pid);
    if (namespace === undefined) return false;
    if (namespace !== own) return true;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return false;
}
