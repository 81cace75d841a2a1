import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { startTicksOf } from './process-identity.ts';

it('knows this process, and none that has ended', async () => {
  expect(startTicksOf(process.pid)).toMatch(/^\d+$/);
  const child = spawn('true');
  await once(child, 'exit');
  expect(startTicksOf(child.pid ?? 0)).toBeUndefined();
});

it('takes a process that ended without being waited for as gone', async () => {
  const shell = spawn('sh', ['-c', 'sh -c "exit 0" & echo $!; exec sleep 30']);
  const [line] = (await once(shell.stdout, 'data')) as [Buffer];
  const orphan = Number(line.toString());
  await expect.poll(() => startTicksOf(orphan)).toBeUndefined();
  expect(startTicksOf(shell.pid ?? 0)).toBeDefined();
  shell.kill();
});
