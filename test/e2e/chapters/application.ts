import { hostname } from 'node:os';
import { chromium } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { eventually } from '../platform.ts';
import { podOf, type Stage } from '../stage.ts';

const MINUTE = 60_000;
const BROWSER_FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** makeApplication tells how a git URL becomes an application that a browser opens. */
export function makeApplication(stage: Stage): void {
  describe('the main job', () => {
    it('makes a project and says so as oc does', async () => {
      const text = await stage.platform.oc('new-project', 'project1');
      expect(text).toContain('Now using project "project1" on server "https://127.0.0.1:8443".');
    });

    it('makes every object of an application from a builder and a git URL', async () => {
      const text = await stage.platform.oc(
        'new-app',
        `ruby~${stage.repositories.url('ruby-hello')}`,
      );
      expect(text).toMatch(
        /--> Found image [0-9a-f]{7} \(.*\) in image stream "openshift\/ruby" under tag "(latest|3\.1)" for "ruby"/,
      );
      expect(text).toContain('A source build using source code from');
      expect(text).toContain(
        'The resulting image will be pushed to image stream tag "ruby-hello:latest"',
      );
      expect(text).toContain('This image will be deployed in deployment config "ruby-hello"');
      expect(text).toContain('Port 8080/tcp will be load balanced by service "ruby-hello"');
      expect(text).toContain(
        'Other containers can access this service through the hostname "ruby-hello"',
      );
      expect(text).toMatch(/imagestream\S* "ruby-hello" created/);
      expect(text).toMatch(/buildconfig\S* "ruby-hello" created/);
      expect(text).toMatch(/deploymentconfig\S* "ruby-hello" created/);
      expect(text).toContain('service "ruby-hello" created');
      expect(text).toMatch(/Run '\S+ status' to view your app\./);
    });

    it(
      'streams the log of the build until the image is pushed',
      async () => {
        const log = await stage.platform.oc('logs', '-f', 'bc/ruby-hello');
        expect(log).toContain('Cloning "');
        expect(log).toContain('Push successful');
      },
      5 * MINUTE,
    );

    it(
      'rolls the image out',
      async () => {
        await stage.rolledOut('ruby-hello');
      },
      2 * MINUTE,
    );

    it('shows the build pod Completed and the application Running', async () => {
      const rows = (await stage.platform.oc('get', 'pods')).trim().split('\n');
      expect(rows[0]).toMatch(/^NAME +READY +STATUS +RESTARTS +AGE$/);
      const pods = rows.slice(1).map((row) => row.replace(/ +/g, ' '));
      expect(pods).toHaveLength(2);
      expect(pods).toContainEqual(
        expect.stringMatching(/^ruby-hello-1-build 0\/1 Completed 0 \d+\w*$/),
      );
      expect(pods).toContainEqual(
        expect.stringMatching(/^ruby-hello-1-(?!build)[a-z0-9]{5} 1\/1 Running 0 \d+\w*$/),
      );
    });

    it('shows addresses and nodes with -o wide', async () => {
      const text = await stage.platform.oc('get', 'pods', '-o', 'wide');
      expect(text).toMatch(
        new RegExp(`ruby-hello-1-\\w{5} .* 10\\.128\\.[01]\\.\\d+ +${hostname()} `),
      );
    });

    it('is load-balanced by its service and reachable through a route', async () => {
      const exposed = await stage.platform.oc('expose', 'svc/ruby-hello');
      expect(exposed).toContain('route.route.openshift.io/ruby-hello exposed');
      const { body } = await eventually(30_000, async () => {
        const answer = await stage.ruby();
        expect(answer.status).toBe(200);
        return answer;
      });
      expect(podOf(body)).toMatch(/^ruby-hello-1-/);
      const address = await stage.platform.oc(
        'get',
        'svc',
        'ruby-hello',
        '-o',
        'jsonpath={.spec.clusterIP}',
      );
      const direct = await stage.platform.run('curl', '-sf', `http://${address}:8080/`);
      expect(podOf(direct.stdout)).toBe(podOf(body));
    });

    it(
      'opens in a browser under the name of its route',
      async () => {
        const browser = await chromium.launch({
          executablePath: '/usr/bin/chromium',
          args: BROWSER_FLAGS,
        });
        try {
          const page = await browser.newPage();
          const suffix = stage.port === 80 ? '' : `:${stage.port}`;
          await page.goto(`http://ruby-hello-project1.apps.localhost${suffix}/`);
          expect(await page.title()).toBe('Hello from Sampan');
          expect(await page.textContent('b')).toMatch(/^ruby-hello-1-/);
        } finally {
          await browser.close();
        }
      },
      MINUTE,
    );

    it('explains itself in status', async () => {
      const text = await stage.platform.oc('status');
      expect(text).toContain('In project project1 on server https://127.0.0.1:8443');
      expect(text).toMatch(
        /http:\/\/ruby-hello-project1\.apps\.localhost\S* to pod port 8080-tcp \(svc\/ruby-hello\)/,
      );
      expect(text).toMatch(/dc\/ruby-hello deploys istag\/ruby-hello:latest <-/);
      expect(text).toMatch(
        /bc\/ruby-hello source builds git:\S+ruby-hello\.git on openshift\/ruby:/,
      );
      expect(text).toMatch(/deployment #1 deployed .* - 1 pod/);
    });
  });
}
