import { describe, expect, it } from 'vitest';
import { eventually } from '../platform.ts';
import type { Stage } from '../stage.ts';

const MINUTE = 60_000;

/** killServer tells what survives the death of the server, at rest and in the middle of work. */
export function killServer(stage: Stage): void {
  describe('after kill -9', () => {
    const phaseOf = (build: string) =>
      stage.platform.oc('get', build, '-o', 'jsonpath={.status.phase}');
    const killAndRestart = async () => {
      process.kill(await stage.platform.serverPid(), 'SIGKILL');
      await stage.platform.oc('up', '--yes', '--images=false');
    };

    it(
      'leaves the pods serving and adopts them',
      async () => {
        const before = await stage.platform.oc('get', 'pods', '-o', 'name');
        process.kill(await stage.platform.serverPid(), 'SIGKILL');
        expect((await stage.ruby()).status).toBe(200);
        await stage.platform.oc('up', '--yes', '--images=false');
        expect(await stage.platform.oc('get', 'pods', '-o', 'name')).toBe(before);
        const restarts = await stage.platform.oc(
          'get',
          'pods',
          '-o',
          'jsonpath={.items[*].status.containerStatuses[*].restartCount}',
        );
        expect(restarts).toMatch(/^(0 ?)+$/);
        expect((await stage.ruby()).status).toBe(200);
      },
      2 * MINUTE,
    );

    it(
      'completes a build that was under way',
      async () => {
        await stage.platform.oc('start-build', 'ruby-hello');
        await eventually(MINUTE, async () => {
          expect(await phaseOf('build/ruby-hello-3')).toBe('Running');
        });
        await killAndRestart();
        await eventually(3 * MINUTE, async () => {
          expect(await phaseOf('build/ruby-hello-3')).toBe('Complete');
        });
        await stage.rolledOut('ruby-hello');
        expect((await stage.ruby()).status).toBe(200);
      },
      6 * MINUTE,
    );

    it(
      'completes a rollout that was under way',
      async () => {
        const before = Number(
          await stage.platform.oc('get', 'dc/ruby-hello', '-o', 'jsonpath={.status.latestVersion}'),
        );
        await stage.platform.oc('rollout', 'latest', 'dc/ruby-hello');
        await eventually(MINUTE, async () => {
          await stage.platform.oc('get', `rc/ruby-hello-${before + 1}`);
        });
        await killAndRestart();
        await stage.rolledOut('ruby-hello');
        const pods = await stage.platform.oc(
          'get',
          'pods',
          '-l',
          `deployment=ruby-hello-${before + 1}`,
          '--no-headers',
        );
        expect(pods.match(/ 1\/1 +Running/g)).toHaveLength(3);
        expect((await stage.ruby()).status).toBe(200);
      },
      6 * MINUTE,
    );
  });
}
