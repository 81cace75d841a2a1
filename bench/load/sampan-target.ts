import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SERVER_NODE_ARGUMENTS, serverEnvironment } from '../../src/cmd/platform/node-runtime.ts';
import { freePort } from '../../test/integration/support/free-port.ts';
import { kill, type Target, untilReady } from './target.ts';

const PROGRAM = fileURLToPath(new URL('./programs/compiled-control-plane.mjs', import.meta.url));
const COMPILED = new URL('./programs/api-alone.cjs.compiled', import.meta.url);

/** SampanTarget is our API server. */
export interface SampanTarget extends Target {
  /** compact has the store forget all history; answers the milliseconds that took. */
  compact(): Promise<number>;
}

/** compileAhead has the program run once, as the build has the server. */
function compileAhead(): void {
  if (existsSync(COMPILED)) return;
  const args = [...SERVER_NODE_ARGUMENTS, PROGRAM, '--warm-up'];
  execFileSync(process.execPath, args, { env: serverEnvironment(process.env) });
}

/**
 * startSampan starts our API server over the store below a directory, which may be empty; `more`
 * are arguments of its program.
 */
export async function startSampan(
  directory: string,
  more: readonly string[] = [],
): Promise<{ target: SampanTarget; readyMs: number }> {
  compileAhead();
  const port = await freePort();
  await mkdir(directory, { recursive: true });
  let child: ChildProcess;
  let credentials = { port, caPem: '', certPem: '', keyPem: '' };
  const start = async () => {
    const started = performance.now();
    const args = [...SERVER_NODE_ARGUMENTS, PROGRAM, directory, String(port), ...more];
    child = spawn(process.execPath, args, {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: serverEnvironment(process.env),
    });
    await new Promise<void>((resolve, reject) => {
      child.once('message', () => resolve());
      child.once('exit', (code) => reject(new Error(`the API server ended with ${code}`)));
    });
    const read = (file: string) => readFile(join(directory, 'pki', file), 'utf8');
    const [caPem, certPem, keyPem] = [
      await read('ca.crt'),
      await read('admin.crt'),
      await read('admin.key'),
    ];
    credentials = { port, caPem, certPem, keyPem };
    await untilReady(credentials);
    return performance.now() - started;
  };
  const readyMs = await start();
  const target: SampanTarget = {
    name: 'Sampan',
    ...credentials,
    pids: () => (child.pid === undefined ? [] : [child.pid]),
    start,
    stop: () => kill(child),
    async compact() {
      child.send('compact');
      const [{ compactedMs }] = (await once(child, 'message')) as [{ compactedMs: number }];
      return compactedMs;
    },
  };
  return { target, readyMs };
}
