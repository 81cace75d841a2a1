import { describe, expect, it } from 'vitest';
import { engineContract } from '../../src/engine/contract.ts';
import { newDockerEngine } from '../../src/engine/docker/docker-engine.ts';
import { hostRootfs } from './support/host-rootfs.ts';

engineContract('Docker', async () => ({
  engine: newDockerEngine(),
  rootfs: () => hostRootfs(),
  prefix: `sampan-engine-test-${process.pid}`,
}));

describe('a Docker engine that is away', () => {
  it('is an EngineError with status 0 that names the socket', async () => {
    const engine = newDockerEngine({ socketPath: '/nonexistent/docker.sock' });
    await expect(engine.info()).rejects.toMatchObject({
      statusCode: 0,
      message: expect.stringContaining('unix:///nonexistent/docker.sock'),
    });
  });
});
