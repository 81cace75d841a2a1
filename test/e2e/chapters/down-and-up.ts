import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { eventually } from '../platform.ts';
import type { Stage } from '../stage.ts';

const MINUTE = 60_000;

/** takeDown tells that nothing is left after `down`, and that `up` brings everything back. */
export function takeDown(stage: Stage): void {
  describe('down and up', () => {
    const containers = async () =>
      (
        await stage.platform.run('docker', 'ps', '-aq', '--filter', 'label=io.sampan.owner')
      ).stdout.trim();
    const links = async () => (await stage.platform.run('ip', '-br', 'link')).stdout;

    it(
      'leaves no container, link, table or process behind, and nothing of others is touched',
      async () => {
        const other = await stage.platform.run(
          'docker',
          'create',
          '--name',
          'sampan-e2e-other',
          'sampan/ruby:3.1',
        );
        expect(other.code).toBe(0);
        await stage.platform.oc('down');
        expect(await containers()).toBe('');
        expect(await links()).not.toMatch(/sampan/);
        expect((await stage.platform.run('nft', 'list', 'tables')).stdout).not.toMatch(/sampan/);
        const left = await stage.platform.run('docker', 'rm', 'sampan-e2e-other');
        expect(left.code).toBe(0);
      },
      2 * MINUTE,
    );

    it(
      'names a port that is taken, and the way out',
      async () => {
        const blocker = createServer();
        blocker.listen(8443, '127.0.0.1');
        await once(blocker, 'listening');
        const output = await stage.platform.sampan('up', '--yes', '--images=false');
        blocker.close();
        expect(output.code).toBe(1);
        expect(output.stderr).toMatch(/port 8443 on 127\.0\.0\.1 is taken/);
        expect(output.stderr).toContain('ss -ltnp');
      },
      MINUTE,
    );

    it(
      'brings every application back',
      async () => {
        await stage.platform.oc('up', '--yes', '--images=false');
        await stage.findRouter();
        await eventually(2 * MINUTE, async () => expect((await stage.ruby()).status).toBe(200));
        await eventually(2 * MINUTE, async () => expect((await stage.node()).status).toBe(200));
      },
      5 * MINUTE,
    );
  });
}
