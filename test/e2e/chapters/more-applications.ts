import { describe, expect, it } from 'vitest';
import { eventually, httpGet } from '../platform.ts';
import type { Stage } from '../stage.ts';

const MINUTE = 60_000;

/** makeMoreApplications tells of applications of the other builders, and how they reach each other. */
export function makeMoreApplications(stage: Stage): void {
  describe('more applications', () => {
    it(
      'does the same for a Node.js application',
      async () => {
        await stage.platform.oc('new-app', `nodejs~${stage.repositories.url('nodejs-hello')}`);
        await stage.platform.oc('logs', '-f', 'bc/nodejs-hello');
        await stage.rolledOut('nodejs-hello');
        await stage.platform.oc('expose', 'svc/nodejs-hello');
        await eventually(30_000, async () => {
          expect((await stage.node()).body).toContain(
            'Hello from Sampan, version 1, pod nodejs-hello-1-',
          );
        });
      },
      5 * MINUTE,
    );

    it.each([
      ['python', 'python-hello', 'python'],
      ['httpd', 'static-hello', 'web'],
      ['nginx', 'static-hello', 'front'],
    ])(
      'builds and serves with the %s builder',
      async (builder, example, name) => {
        await stage.platform.oc(
          'new-app',
          `${builder}~${stage.repositories.url(example)}`,
          '--name',
          name,
        );
        await stage.platform.oc('logs', '-f', `bc/${name}`);
        await stage.rolledOut(name);
        await stage.platform.oc('expose', `svc/${name}`);
        await eventually(30_000, async () => {
          const answer = await httpGet(`${name}-project1.apps.localhost`, stage.port);
          expect(answer.body).toContain('Hello from Sampan');
        });
        await stage.platform.oc('delete', 'all', '-l', `app=${name}`);
      },
      5 * MINUTE,
    );

    it(
      'is the same to kubectl',
      async () => {
        await eventually(MINUTE, async () => {
          const { stdout, stderr } = await stage.platform.run(
            'kubectl',
            'get',
            'pods',
            '-o',
            'name',
          );
          expect(stdout + stderr).toBe(await stage.platform.oc('get', 'pods', '-o', 'name'));
        });
      },
      2 * MINUTE,
    );

    it('reaches the other application by its short and its long name', async () => {
      for (const host of [
        'nodejs-hello',
        'nodejs-hello.project1',
        'nodejs-hello.project1.svc.cluster.local',
      ]) {
        const command = `require "net/http"; puts Net::HTTP.get("${host}", "/", 8080)`;
        const text = await stage.platform.oc('rsh', 'dc/ruby-hello', 'ruby', '-e', command);
        expect(text).toContain('Hello from Sampan, version 1');
      }
    });
  });
}
