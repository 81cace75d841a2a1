import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { newFakeEngine } from '../../engine/fake/fake-engine.ts';
import { writeTar } from '../../engine/fake/fake-images.ts';
import type { Status } from '../../machinery/meta/v1.ts';
import { runAttach } from './run-command.ts';

async function attach(script: string, when: 'while it runs' | 'after its end') {
  const engine = newFakeEngine();
  const command = JSON.stringify(['/bin/sh', '-c', script]);
  await engine.importImage('a:1', Readable.from(writeTar([])), [`CMD ${command}`]);
  const containerId = await engine.createContainer('one', { image: 'a:1' });
  await engine.startContainer(containerId);
  if (when === 'after its end') await engine.waitContainer(containerId);
  const seen: string[] = [];
  let status: Status | undefined;
  const streams = {
    stdin: undefined,
    resizes: Readable.from([]),
    closed: new AbortController().signal,
    write: async (_: string, data: Uint8Array) => void seen.push(Buffer.from(data).toString()),
    finish: async (one: Status) => {
      status = one;
    },
  };
  const options = { stdin: false, stdout: true, stderr: true, tty: false };
  await runAttach({ engine, containerId, tty: false, stdinOnce: false }, { streams, options });
  return { output: seen.join(''), status, containerId };
}

it('carries the output of a process to its end', async () => {
  const { output, status } = await attach('sleep 0.05; echo hello', 'while it runs');
  expect({ output, status: status?.status }).toEqual({ output: 'hello\n', status: 'Success' });
});

it('refuses a process that has ended: it would wait for one that never comes', async () => {
  const { status, containerId } = await attach('exit 0', 'after its end');
  expect(status?.message).toBe(
    `Internal error occurred: error attaching to container: container not running (${containerId})`,
  );
});
