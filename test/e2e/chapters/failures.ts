import { describe, expect, it } from 'vitest';
import type { Stage } from '../stage.ts';

const MINUTE = 60_000;

/** goWrong tells what a user reads when something is not as it should be. */
export function goWrong(stage: Stage): void {
  describe('what goes wrong', () => {
    it(
      'a branch that does not exist fails the build with a reason and the tail of its log',
      async () => {
        await stage.platform.oc(
          'new-build',
          `ruby~${stage.repositories.url('ruby-hello')}`,
          '--name',
          'bad',
        );
        await stage.platform.oc(
          'patch',
          'bc/bad',
          '--type=merge',
          '-p',
          JSON.stringify({ spec: { source: { git: { ref: 'no-such-branch' } } } }),
        );
        const started = await stage.platform.sampan('start-build', 'bad', '--wait');
        expect(started.code).not.toBe(0);
        const build = JSON.parse(
          await stage.platform.oc('get', 'builds', '-l', 'buildconfig=bad', '-o', 'json'),
        );
        const failed = build.items.at(-1);
        expect(failed.status).toMatchObject({ phase: 'Failed', reason: 'FetchSourceFailed' });
        expect(failed.status.logSnippet).toContain('no-such-branch');
      },
      3 * MINUTE,
    );

    it('a second up in the same data directory is refused and changes nothing', async () => {
      const pid = await stage.platform.serverPid();
      const again = await stage.platform.sampan('up', '--yes', '--images=false');
      expect(again.code).toBe(1);
      expect(again.stderr).toContain(`Sampan is running already (pid ${pid})`);
      expect(await stage.platform.serverPid()).toBe(pid);
    });

    it(
      'an unknown git host is named, with the way out',
      async () => {
        const output = await stage.platform.sampan(
          'new-app',
          'ruby~https://no-such-host.invalid/x.git',
        );
        expect(output.code).not.toBe(0);
        expect(output.stderr).toContain('no-such-host.invalid');
      },
      MINUTE,
    );
  });
}
