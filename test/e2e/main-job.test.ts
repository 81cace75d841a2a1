import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, httpGet, type Platform, startPlatform } from './platform.ts';
import { type Repositories, serveExamples } from './repository.ts';

const GATEWAY = '10.128.0.1';
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
let platform: Platform;
let repositories: Repositories;
let port: number;

const ruby = (path = '/') => httpGet('ruby-hello-project1.apps.localhost', port, path);
const node = () => httpGet('nodejs-hello-project1.apps.localhost', port);
const podOf = (body: string) => /pod (?:<b>)?([a-z0-9-]+)/.exec(body)?.[1] ?? '';

async function routerPort(): Promise<number> {
  const state = JSON.parse(await readFile(join(platform.dataDirectory, 'server.json'), 'utf8'));
  return state.httpPort as number;
}

/** underLoad asks the route over and over while something happens, and answers what was not 200. */
async function underLoad(
  happens: () => Promise<void>,
): Promise<{ answers: number; failures: string[] }> {
  let done = false;
  let answers = 0;
  const failures: string[] = [];
  const client = async () => {
    while (!done) {
      try {
        const { status } = await ruby();
        if (status === 200) answers += 1;
        else failures.push(`status ${status}`);
      } catch (error) {
        failures.push(String(error));
      }
      await new Promise((next) => setTimeout(next, 10));
    }
  };
  const clients = [client(), client(), client(), client()];
  try {
    await happens();
  } finally {
    done = true;
    await Promise.all(clients);
  }
  return { answers, failures };
}

async function rolledOut(name: string): Promise<void> {
  await platform.oc('rollout', 'status', `dc/${name}`);
}

beforeAll(async () => {
  platform = await startPlatform();
  port = await routerPort();
  repositories = await serveExamples(
    ['ruby-hello', 'nodejs-hello', 'python-hello', 'static-hello'],
    GATEWAY,
  );
}, 15 * MINUTE);

afterAll(async () => {
  await repositories?.close();
  await platform?.end();
}, 2 * MINUTE);

describe('the main job', () => {
  it('makes a project and says so as oc does', async () => {
    const text = await platform.oc('new-project', 'project1');
    expect(text).toContain('Now using project "project1" on server "https://127.0.0.1:8443".');
  });

  it('makes every object of an application from a builder and a git URL', async () => {
    const text = await platform.oc('new-app', `ruby~${repositories.url('ruby-hello')}`);
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
      const log = await platform.oc('logs', '-f', 'bc/ruby-hello');
      expect(log).toContain('Cloning "');
      expect(log).toContain('Push successful');
    },
    5 * MINUTE,
  );

  it(
    'rolls the image out',
    async () => {
      await rolledOut('ruby-hello');
    },
    2 * MINUTE,
  );

  it('shows the build pod Completed and the application Running', async () => {
    const rows = (await platform.oc('get', 'pods')).trim().split('\n');
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
    const text = await platform.oc('get', 'pods', '-o', 'wide');
    expect(text).toMatch(
      new RegExp(`ruby-hello-1-\\w{5} .* 10\\.128\\.[01]\\.\\d+ +${hostname()} `),
    );
  });

  it('is load-balanced by its service and reachable through a route', async () => {
    const exposed = await platform.oc('expose', 'svc/ruby-hello');
    expect(exposed).toContain('route.route.openshift.io/ruby-hello exposed');
    const { body } = await eventually(30_000, async () => {
      const answer = await ruby();
      expect(answer.status).toBe(200);
      return answer;
    });
    expect(podOf(body)).toMatch(/^ruby-hello-1-/);
    const address = await platform.oc(
      'get',
      'svc',
      'ruby-hello',
      '-o',
      'jsonpath={.spec.clusterIP}',
    );
    const direct = await platform.run('curl', '-sf', `http://${address}:8080/`);
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
        const suffix = port === 80 ? '' : `:${port}`;
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
    const text = await platform.oc('status');
    expect(text).toContain('In project project1 on server https://127.0.0.1:8443');
    expect(text).toMatch(
      /http:\/\/ruby-hello-project1\.apps\.localhost\S* to pod port 8080-tcp \(svc\/ruby-hello\)/,
    );
    expect(text).toMatch(/dc\/ruby-hello deploys istag\/ruby-hello:latest <-/);
    expect(text).toMatch(/bc\/ruby-hello source builds git:\S+ruby-hello\.git on openshift\/ruby:/);
    expect(text).toMatch(/deployment #1 deployed .* - 1 pod/);
  });

  it(
    'builds and rolls out a change of the source without a failed request',
    async () => {
      await repositories.change('ruby-hello', 'config.ru', (text) =>
        text.replace('Hello from Sampan</h1>', 'Changed</h1>'),
      );
      const { answers, failures } = await underLoad(async () => {
        await platform.oc('start-build', 'ruby-hello', '--wait');
        await eventually(MINUTE, async () => expect((await ruby()).body).toContain('Changed</h1>'));
        await rolledOut('ruby-hello');
        await eventually(MINUTE, async () => {
          const pods = await platform.oc(
            'get',
            'pods',
            '-l',
            'deploymentconfig=ruby-hello',
            '-o',
            'name',
          );
          expect(pods.trim().split('\n')).toHaveLength(1);
        });
      });
      expect(failures).toEqual([]);
      expect(answers).toBeGreaterThan(50);
    },
    5 * MINUTE,
  );

  it(
    'spreads requests over all pods after scale',
    async () => {
      await platform.oc('scale', 'dc/ruby-hello', '--replicas=3');
      await eventually(2 * MINUTE, async () => {
        const pods = new Set<string>();
        for (let index = 0; index < 30; index += 1) pods.add(podOf((await ruby()).body));
        expect(pods.size).toBe(3);
      });
    },
    3 * MINUTE,
  );

  it(
    'does the same for a Node.js application',
    async () => {
      await platform.oc('new-app', `nodejs~${repositories.url('nodejs-hello')}`);
      await platform.oc('logs', '-f', 'bc/nodejs-hello');
      await rolledOut('nodejs-hello');
      await platform.oc('expose', 'svc/nodejs-hello');
      await eventually(30_000, async () => {
        expect((await node()).body).toContain('Hello from Sampan, version 1, pod nodejs-hello-1-');
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
      await platform.oc('new-app', `${builder}~${repositories.url(example)}`, '--name', name);
      await platform.oc('logs', '-f', `bc/${name}`);
      await rolledOut(name);
      await platform.oc('expose', `svc/${name}`);
      await eventually(30_000, async () => {
        const answer = await httpGet(`${name}-project1.apps.localhost`, port);
        expect(answer.body).toContain('Hello from Sampan');
      });
      await platform.oc('delete', 'all', '-l', `app=${name}`);
    },
    5 * MINUTE,
  );

  it(
    'is the same to kubectl',
    async () => {
      await eventually(MINUTE, async () => {
        const { stdout, stderr } = await platform.run('kubectl', 'get', 'pods', '-o', 'name');
        expect(stdout + stderr).toBe(await platform.oc('get', 'pods', '-o', 'name'));
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
      const text = await platform.oc('rsh', 'dc/ruby-hello', 'ruby', '-e', command);
      expect(text).toContain('Hello from Sampan, version 1');
    }
  });
});

describe('after kill -9', () => {
  const killAndRestart = async () => {
    process.kill(await platform.serverPid(), 'SIGKILL');
    await platform.oc('up', '--yes', '--images=false');
  };

  it(
    'leaves the pods serving and adopts them',
    async () => {
      const before = await platform.oc('get', 'pods', '-o', 'name');
      process.kill(await platform.serverPid(), 'SIGKILL');
      expect((await ruby()).status).toBe(200);
      await platform.oc('up', '--yes', '--images=false');
      expect(await platform.oc('get', 'pods', '-o', 'name')).toBe(before);
      const restarts = await platform.oc(
        'get',
        'pods',
        '-o',
        'jsonpath={.items[*].status.containerStatuses[*].restartCount}',
      );
      expect(restarts).toMatch(/^(0 ?)+$/);
      expect((await ruby()).status).toBe(200);
    },
    2 * MINUTE,
  );

  it(
    'completes a build that was under way',
    async () => {
      await platform.oc('start-build', 'ruby-hello');
      await eventually(MINUTE, async () => {
        const phase = await platform.oc(
          'get',
          'build/ruby-hello-3',
          '-o',
          'jsonpath={.status.phase}',
        );
        expect(phase).toBe('Running');
      });
      await killAndRestart();
      await eventually(3 * MINUTE, async () => {
        const phase = await platform.oc(
          'get',
          'build/ruby-hello-3',
          '-o',
          'jsonpath={.status.phase}',
        );
        expect(phase).toBe('Complete');
      });
      await rolledOut('ruby-hello');
      expect((await ruby()).status).toBe(200);
    },
    6 * MINUTE,
  );

  it(
    'completes a rollout that was under way',
    async () => {
      const before = Number(
        await platform.oc('get', 'dc/ruby-hello', '-o', 'jsonpath={.status.latestVersion}'),
      );
      await platform.oc('rollout', 'latest', 'dc/ruby-hello');
      await eventually(MINUTE, async () => {
        await platform.oc('get', `rc/ruby-hello-${before + 1}`);
      });
      await killAndRestart();
      await rolledOut('ruby-hello');
      const pods = await platform.oc(
        'get',
        'pods',
        '-l',
        `deployment=ruby-hello-${before + 1}`,
        '--no-headers',
      );
      expect(pods.match(/ 1\/1 +Running/g)).toHaveLength(3);
      expect((await ruby()).status).toBe(200);
    },
    6 * MINUTE,
  );
});

describe('what goes wrong', () => {
  it(
    'a branch that does not exist fails the build with a reason and the tail of its log',
    async () => {
      const url = `${repositories.url('ruby-hello')}#no-such-branch`;
      await platform.oc('new-build', `ruby~${repositories.url('ruby-hello')}`, '--name', 'bad');
      await platform.oc(
        'patch',
        'bc/bad',
        '--type=merge',
        '-p',
        JSON.stringify({ spec: { source: { git: { ref: 'no-such-branch' } } } }),
      );
      const started = await platform.sampan('start-build', 'bad', '--wait');
      expect(started.code).not.toBe(0);
      const build = JSON.parse(
        await platform.oc('get', 'builds', '-l', 'buildconfig=bad', '-o', 'json'),
      );
      const failed = build.items.at(-1);
      expect(failed.status).toMatchObject({ phase: 'Failed', reason: 'FetchSourceFailed' });
      expect(failed.status.logSnippet).toContain('no-such-branch');
      expect(url).toContain('no-such-branch');
    },
    3 * MINUTE,
  );

  it('a second up in the same data directory is refused and changes nothing', async () => {
    const pid = await platform.serverPid();
    const again = await platform.sampan('up', '--yes', '--images=false');
    expect(again.code).toBe(1);
    expect(again.stderr).toContain(`Sampan is running already (pid ${pid})`);
    expect(await platform.serverPid()).toBe(pid);
  });

  it(
    'an unknown git host is named, with the way out',
    async () => {
      const output = await platform.sampan('new-app', 'ruby~https://no-such-host.invalid/x.git');
      expect(output.code).not.toBe(0);
      expect(output.stderr).toContain('no-such-host.invalid');
    },
    MINUTE,
  );
});

describe('down and up', () => {
  const containers = async () =>
    (await platform.run('docker', 'ps', '-aq', '--filter', 'label=io.sampan.owner')).stdout.trim();
  const links = async () => (await platform.run('ip', '-br', 'link')).stdout;

  it(
    'leaves no container, link, table or process behind, and nothing of others is touched',
    async () => {
      const other = await platform.run(
        'docker',
        'create',
        '--name',
        'sampan-e2e-other',
        'sampan/ruby:3.1',
      );
      expect(other.code).toBe(0);
      await platform.oc('down');
      expect(await containers()).toBe('');
      expect(await links()).not.toMatch(/sampan/);
      expect((await platform.run('nft', 'list', 'tables')).stdout).not.toMatch(/sampan/);
      const left = await platform.run('docker', 'rm', 'sampan-e2e-other');
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
      const output = await platform.sampan('up', '--yes', '--images=false');
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
      await platform.oc('up', '--yes', '--images=false');
      port = await routerPort();
      await eventually(2 * MINUTE, async () => expect((await ruby()).status).toBe(200));
      await eventually(2 * MINUTE, async () => expect((await node()).status).toBe(200));
    },
    5 * MINUTE,
  );
});
