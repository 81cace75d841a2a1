import { execFileSync } from 'node:child_process';
import http from 'node:http';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SERVICES } from '../../src/apis/resource-types.ts';
import { type ApiBed, newApiBed } from './support/api-bed.ts';
import { freePort } from './support/free-port.ts';

const SERVER = `
require('http').createServer((q, r) => r.end('answer to ' + q.url)).listen(8080);
setInterval(() => {}, 1000);
`;

function fetchText(port: number, path: string): Promise<string> {
  return new Promise((done, fail) => {
    http
      .get({ host: '127.0.0.1', port, path, agent: false }, (answer) => {
        let text = '';
        answer.on('data', (chunk) => {
          text += chunk;
        });
        answer.on('end', () => done(text));
      })
      .on('error', fail);
  });
}

describe('streams of the command line', () => {
  let bed: ApiBed;
  const sampan = resolve('sampan');
  const run = (args: readonly string[], stdin?: string) => bed.run(sampan, args, stdin);

  beforeAll(async () => {
    execFileSync(sampan, ['version', '--client']);
    bed = await newApiBed('sampan-cli-streams', ['node']);
    await bed.createPod('web', {
      containers: [
        {
          name: 'main',
          image: bed.image,
          command: ['/bin/node', '-e', SERVER],
          ports: [{ name: 'http', containerPort: 8080 }],
          readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 },
        },
        { name: 'side', image: bed.image, command: ['/bin/sleep', '100000'] },
      ],
    });
    const pod = await bed.untilReady('web');
    await bed.client.update(
      { group: '', version: 'v1', resource: 'pods', kind: 'Pod', namespaced: true },
      { ...pod, metadata: { ...pod.metadata, labels: { app: 'web' } } },
    );
    await bed.client.create(SERVICES, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'streams' },
      spec: { selector: { app: 'web' }, ports: [{ name: 'www', port: 80, targetPort: 'http' }] },
    });
  });
  afterAll(async () => {
    await bed.close();
  });

  it('exec passes on both outputs, and the exit code becomes its own', async () => {
    const ran = await run(['exec', 'web', '--', 'sh', '-c', 'echo out; echo err >&2; exit 3']);
    expect(ran).toEqual({
      code: 3,
      stdout: 'out\n',
      stderr:
        'Defaulted container "main" out of: main, side\nerr\ncommand terminated with exit code 3\n',
    });
  });

  it('exec -i passes on standard input to its end, and a megabyte of output', async () => {
    const text = `${'0123456789abcdef'.repeat(65_536)}\n`;
    const ran = await run(['exec', '-i', 'web', '-c', 'main', '--', 'cat'], text);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toBe(text);
  });

  it.each([
    [['exec', 'web', '-c', 'nope', '--', 'ls'], 'Error from server (BadRequest): container nope'],
    [['exec', 'nopod', '--', 'ls'], 'Error from server (NotFound): pods "nopod" not found'],
    [['exec', 'web', '--', 'nonesuch'], 'executable file not found in $PATH'],
    [['rsh', 'web', '--', 'ls'], "error: expected 'rsh [-c CONTAINER] [flags]"],
    [['port-forward', 'web', '0'], 'error: remote port must be > 0'],
  ])('%j fails as it should', async (args, message) => {
    const ran = await run(args);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain(message);
  });

  it('exec and rsh find the pod of a service', async () => {
    const one = await run(['exec', 'svc/web', '-c', 'side', '--', 'echo', 'here']);
    expect(one).toMatchObject({ code: 0, stdout: 'here\n' });
    const two = await run(['rsh', '-c', 'side', 'svc/web', 'sh', '-c', 'echo "$0"; exit 6']);
    expect(two).toMatchObject({ code: 6, stdout: 'sh\n' });
  });

  it('rsh reads commands for the shell, which knows a terminal', async () => {
    const ran = await run(['rsh', '-c', 'main', 'web'], 'echo "[$TERM]"; exit 5\n');
    expect(ran.code).toBe(5);
    expect(ran.stdout).toMatch(/^\[.+\]\n$/);
  });

  it('exec -t gives the command a terminal of the size of the one in use', async () => {
    const line = `stty cols 91 rows 17; ${sampan} exec -it web -c main -- sh -c 'while [ "$(stty size)" = "0 0" ]; do :; done; stty size'`;
    const ran = await bed.run('script', ['-qec', line, '/dev/null']);
    expect(ran.stdout).toContain('17 91');
  });

  it('port-forward leads to pods, and through a service to its target port', async () => {
    const [pod, service] = [await freePort(), await freePort()];
    const forwards = [
      bed.begin(sampan, ['port-forward', 'web', `${pod}:8080`, `${await freePort()}:9`]),
      bed.begin(sampan, ['port-forward', 'svc/web', `${service}:www`]),
    ];
    let text = '';
    for (const { stdout } of forwards)
      stdout?.on('data', (chunk) => {
        text += chunk;
      });
    try {
      await expect.poll(() => text).toContain(`Forwarding from 127.0.0.1:${service} -> 8080\n`);
      await expect.poll(() => text).toContain(`Forwarding from 127.0.0.1:${pod} -> 8080\n`);
      const numbers = [...Array(8).keys()];
      const answers = await Promise.all(numbers.map((n) => fetchText(pod, `/${n}`)));
      expect(answers).toEqual(numbers.map((n) => `answer to /${n}`));
      expect(await fetchText(service, '/s')).toBe('answer to /s');
      expect(text).toContain(`Handling connection for ${service}\n`);
    } finally {
      for (const one of forwards) one.kill();
    }
  });
});
