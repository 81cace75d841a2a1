import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { engineContract } from '../contract.ts';
import { EngineError } from '../engine.ts';
import { newFakeEngine } from './fake-engine.ts';
import { writeTar } from './fake-images.ts';

engineContract('in memory', async () => ({
  engine: newFakeEngine(),
  rootfs: () => writeTar([['bin/sh', Buffer.from('')]]),
  prefix: 'fake',
}));

describe('the fake engine', () => {
  it('fails once where a test asks for it', async () => {
    const engine = newFakeEngine();
    engine.failNext('info', new EngineError(0, 'gone'));
    await expect(engine.info()).rejects.toThrow('gone');
    await expect(engine.info()).resolves.toMatchObject({ version: '20.10.24' });
  });

  it('ends every container when its daemon restarts', async () => {
    const engine = newFakeEngine();
    await engine.importImage('a:1', Readable.from(writeTar([])), ['CMD ["/pause"]']);
    const id = await engine.createContainer('one', { image: 'a:1' });
    await engine.startContainer(id);
    engine.restartDaemon();
    expect(await engine.inspectContainer(id)).toMatchObject({ status: 'exited', exitCode: 255 });
  });
});
