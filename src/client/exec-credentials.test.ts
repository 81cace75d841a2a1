import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ExecCredentialsError, execCredentials } from './exec-credentials.ts';

const apiVersion = 'client.authentication.k8s.io/v1';
let directory: string;

const program = async (script: string) => {
  const command = join(directory, 'credentials');
  await writeFile(command, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return command;
};

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sampan-exec-'));
});
afterAll(() => rm(directory, { recursive: true }));

describe('execCredentials', () => {
  it('answers the token that the program prints, which sees its environment', async () => {
    const command = await program('echo "{\\"status\\":{\\"token\\":\\"for-$WHO\\"}}"');
    const exec = { apiVersion, command, env: [{ name: 'WHO', value: 'me' }] };
    expect(await execCredentials(exec)).toEqual({ token: 'for-me' });
  });

  it('names what went wrong, with the hint of the configuration', async () => {
    const command = await program('echo no >&2; exit 1');
    const failing = execCredentials({ apiVersion, command, installHint: 'install it' });
    await expect(failing).rejects.toThrow(ExecCredentialsError);
    await expect(
      execCredentials({ apiVersion, command: '/nowhere', installHint: 'install it' }),
    ).rejects.toThrow('install it');
  });
});
