import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import http from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiBed, newApiBed } from './support/api-bed.ts';
import { freePort } from './support/free-port.ts';

/**
 * All kubectls of this machine: 1.29 and older speak SPDY, newer ones WebSocket first. Others can be
 * named by SAMPAN_TEST_KUBECTLS, separated by colons.
 */
function kubectls(): string[] {
  const named = process.env.SAMPAN_TEST_KUBECTLS;
  if (named) return named.split(':');
  const directory = '/usr/lib/google-cloud-sdk/bin';
  const versioned = existsSync(directory)
    ? readdirSync(directory).filter((name) => /^kubectl\.1\.\d+$/.test(name))
    : [];
  if (versioned.length > 0) return versioned.map((name) => `${directory}/${name}`);
  return [execFileSync('sh', ['-c', 'command -v kubectl'], { encoding: 'utf8' }).trim()];
}

const SERVER = `
const http = require('http');
http.createServer((q, r) => r.end('everywhere ' + q.url)).listen(8080);
http.createServer((q, r) => r.end('inside ' + q.url)).listen(8081, '127.0.0.1');
console.log('listening'); console.error('really');
setInterval(() => {}, 1000);
`;

function fetchText(port: number, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.get({ host: '127.0.0.1', port, path, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve(text));
    });
    request.on('error', reject);
  });
}

describe('streams of pods', () => {
  let bed: ApiBed;

  beforeAll(async () => {
    bed = await newApiBed('sampan-stream-test', ['node']);
    await bed.createPod('web', {
      containers: [
        {
          name: 'main',
          image: bed.image,
          command: ['/bin/node', '-e', SERVER],
          readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 },
        },
      ],
    });
    await bed.createPod('reader', {
      restartPolicy: 'Never',
      containers: [
        {
          name: 'main',
          image: bed.image,
          command: ['/bin/sh', '-c', 'echo ready; cat > /tmp/in; stat -c %s /tmp/in; exit 0'],
          stdin: true,
          stdinOnce: true,
        },
      ],
    });
    await bed.untilReady('web');
  });
  afterAll(() => bed.close());

  describe.each(kubectls())('%s', (kubectl) => {
    const exec = (args: readonly string[], stdin?: string) =>
      bed.run(kubectl, ['exec', ...args], stdin);

    it('runs a command and passes on both outputs and the exit code', async () => {
      const ran = await exec(['web', '--', 'sh', '-c', 'echo out; echo err >&2; exit 7']);
      expect(ran).toMatchObject({
        code: 7,
        stdout: 'out\n',
        stderr: 'err\ncommand terminated with exit code 7\n',
      });
    });

    it('passes on stdin to its end, and a megabyte of output', async () => {
      const text = `${'0123456789abcdef'.repeat(65_536)}\n`;
      const ran = await exec(['-i', 'web', '--', 'cat'], text);
      expect(ran.code).toBe(0);
      expect(ran.stdout.length).toBe(text.length);
      expect(ran.stdout).toBe(text);
    });

    it('says that a program does not exist', async () => {
      const ran = await exec(['web', '--', 'nonesuch']);
      expect(ran.code).toBe(1);
      expect(ran.stderr).toContain('Internal error occurred: error executing command in container');
      expect(ran.stderr).toContain('executable file not found in $PATH');
    });

    it('answers logs', async () => {
      const ran = await bed.run(kubectl, ['logs', 'web', '--tail=5']);
      expect(ran.stdout.split('\n').sort()).toEqual(['', 'listening', 'really']);
    });

    it('forwards ports, to servers that listen on the loopback address too', async () => {
      const [all, inside, closed] = [await freePort(), await freePort(), await freePort()];
      const child = bed.begin(kubectl, [
        'port-forward',
        'pod/web',
        `${all}:8080`,
        `${inside}:8081`,
        `${closed}:9`,
      ]);
      let errors = '';
      child.stderr?.on('data', (chunk) => {
        errors += chunk;
      });
      await new Promise((resolve) => child.stdout?.once('data', resolve));
      const answers = await Promise.all([...Array(8).keys()].map((n) => fetchText(all, `/${n}`)));
      expect(answers).toEqual([...Array(8).keys()].map((n) => `everywhere /${n}`));
      expect(await fetchText(inside, '/x')).toBe('inside /x');
      await fetchText(closed, '/').catch(() => undefined);
      await expect.poll(() => errors).toContain('error forwarding port 9');
      child.kill();
    });
  });

  it('gives a terminal the size of the client, and the exit code', async () => {
    for (const kubectl of kubectls()) {
      const line = `stty rows 33 cols 111; ${kubectl} exec -it web -- sh -c 'sleep 0.5; stty size; exit 5'; echo "code $?"`;
      const ran = await bed.run('script', [
        '-qec',
        `bash -c '${line.replaceAll("'", "'\\''")}'`,
        '/dev/null',
      ]);
      expect(ran.stdout.replaceAll('\r', '')).toContain('33 111\n');
      expect(ran.stdout).toContain('code 5');
    }
  });

  it('forwards ports over channels for libraries that know no tunnel', async () => {
    const socket = await bed.webSocket(
      '/api/v1/namespaces/streams/pods/web/portforward?ports=8080',
      ['v4.channel.k8s.io'],
    );
    const seen: Buffer[] = [];
    socket.on('message', (message: Buffer) => seen.push(message));
    const request = 'GET /channel HTTP/1.0\r\n\r\n';
    socket.send(Buffer.concat([Buffer.from([0]), Buffer.from(request)]));
    await new Promise((resolve) => socket.once('close', resolve));
    expect(seen.slice(0, 2)).toEqual([Buffer.from([0, 0x90, 0x1f]), Buffer.from([1, 0x90, 0x1f])]);
    const text = Buffer.concat(seen.slice(2).map((one) => one.subarray(1))).toString();
    expect(text).toMatch(/everywhere \/channel$/);
  });

  it('shows a pod a token of its service account that is bound to it', async () => {
    await bed.createPod('account', {
      serviceAccountName: 'default',
      volumes: [
        {
          name: 't',
          projected: {
            sources: [{ serviceAccountToken: { path: 'token', expirationSeconds: 3600 } }],
          },
        },
      ],
      containers: [
        {
          name: 'main',
          image: bed.image,
          command: ['/bin/sleep', '1000'],
          volumeMounts: [{ name: 't', mountPath: '/t' }],
        },
      ],
    });
    await bed.untilReady('account');
    const [kubectl = 'kubectl'] = kubectls();
    const { stdout: token } = await bed.run(kubectl, ['exec', 'account', '--', 'cat', '/t/token']);
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({
      sub: 'system:serviceaccount:streams:default',
      'kubernetes.io': { pod: { name: 'account' } },
    });
  });

  it('attaches to a process and half-closes its input', async () => {
    const [kubectl = 'kubectl'] = kubectls();
    await bed.untilReady('reader');
    const text = 'x'.repeat(3_000_000);
    const ran = await bed.run(kubectl, ['attach', '-i', 'reader'], text);
    expect(ran.stdout).toContain('3000000\n');
  });
});
