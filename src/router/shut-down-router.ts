import { HaproxyProcess } from './haproxy/haproxy-process.ts';
import { StateFiles } from './haproxy/state-files.ts';

/**
 * shutDownRouter ends the HAProxy of a router's directory, whichever process started it; the
 * directory stays. Idempotent.
 */
export function shutDownRouter(dir: string): Promise<void> {
  return new HaproxyProcess('haproxy', new StateFiles(dir)).stop();
}
