import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SERVER_NODE_ARGUMENTS, serverEnvironment } from '../../src/cmd/platform/node-runtime.ts';
import { freePort, kill, type Target, untilReady } from './target.ts';

/**
 * startSampan starts our API server over the store below a directory, which may be empty; `more`
 * are arguments of its program.
 */
export async function startSampan(
  directory: string,
  more: readonly string[] = [],
): Promise<{ target: Target; readyMs: number }> {
  const program = fileURLToPath(new URL('./programs/control-plane.mjs', import.meta.url));
  const port = await freePort();
  await mkdir(directory, { recursive: true });
  let child: ChildProcess;
  let credentials = { port, caPem: '', certPem: '', keyPem: '' };
  const start = async () => {
    const started = performance.now();
    const args = [...SERVER_NODE_ARGUMENTS, program, directory, String(port), ...more];
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
  const target: Target = {
    name: 'Sampan',
    ...credentials,
    pids: () => (child.pid === undefined ? [] : [child.pid]),
    start,
    stop: () => kill(child),
  };
  return { target, readyMs };
}
