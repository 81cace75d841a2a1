import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ROUTES } from '../../src/apis/resource-types.ts';
import { newFakeClient } from '../../src/client/fake/fake-client.ts';
import { newInformers } from '../../src/controller-kit/informers.ts';
import { newManager } from '../../src/controller-kit/manager.ts';
import { systemClock } from '../../src/controller-kit/system-clock.ts';
import { ask } from '../../src/router/haproxy/runtime-socket.ts';
import { newRouter, type Router } from '../../src/router/router.ts';
import type { RouterOptions } from '../../src/router/router-options.ts';
import { shutDownRouter } from '../../src/router/shut-down-router.ts';
import { command, newTestLog } from './network-fixture.ts';
import { newRouteClient } from './support/route-client.ts';
import { ServedRoutes, to } from './support/served-routes.ts';

const log = newTestLog();
const client = newFakeClient();
const routes = new ServedRoutes(client);
const { get, getSecure, bodies, startLoad } = newRouteClient(() => running.router);
let dir: string;
let certificatePem: string;
let running: Running;

interface Running {
  readonly router: Router;
  stop(): Promise<void>;
}

async function startRouter(options: Partial<RouterOptions> = {}): Promise<Running> {
  const informers = newInformers(client, { log });
  const manager = newManager({ informers, clock: systemClock, log });
  const router = newRouter({
    client,
    informers,
    clock: systemClock,
    log,
    dir: join(dir, 'router'),
    domain: 'apps.test',
    hosts: ['127.0.0.1'],
    httpPorts: [18080, 18081, 18082],
    httpsPorts: [18443, 18444],
    certificatePem,
    checkIntervalMs: 200,
    ...options,
  });
  for (const controller of router.controllers) manager.add(controller);
  await router.start();
  informers.start();
  manager.start();
  const stop = async () => {
    await manager.stop();
    await informers.stop();
    await router.stop();
  };
  return { router, stop };
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sampan-router-'));
  certificatePem = await selfSigned();
  running = await startRouter();
});

afterAll(async () => {
  await running?.stop();
  await running?.router.purge();
  routes.close();
  await rm(dir, { recursive: true, force: true });
});

afterEach(() => {
  expect(log.warnings.splice(0)).toEqual([]);
});

describe('a route', () => {
  it('answers 503 with a page while it has no ready pods, as does an unknown host', async () => {
    await routes.putRoute('empty');
    await settled('empty');
    for (const host of ['empty-p.apps.test', 'nosuch.apps.test']) {
      const answer = await get(host);
      expect(answer.status).toBe(503);
      expect(answer.body).toContain('Application is not available');
    }
  });

  it('spreads requests over the ready pods of its service', async () => {
    await routes.serve('web', ['a', 'b', 'c']);
    await routes.putRoute('web');
    await expect.poll(() => bodies('web-p.apps.test')).toEqual(['a', 'b', 'c']);
  });

  it('is admitted in its status', async () => {
    await settled('web');
    const route = await client.get(ROUTES, { namespace: 'p', name: 'web' });
    expect(route.status?.ingress).toMatchObject([
      {
        host: 'web-p.apps.test',
        routerName: 'default',
        routerCanonicalHostname: 'router-default.apps.test',
        wildcardPolicy: 'None',
        conditions: [{ type: 'Admitted', status: 'True' }],
      },
    ]);
  });

  it('keeps a client with its cookie on one pod', async () => {
    const first = await get('web-p.apps.test');
    const [cookie = ''] = (first.headers['set-cookie'] ?? [])[0]?.split(';') ?? [];
    expect(first.headers['set-cookie']?.[0]).toContain('HttpOnly');
    expect(await bodies('web-p.apps.test', '/', { cookie })).toEqual([first.body]);
  });

  it('tells the pod who asked', async () => {
    await routes.serve('echo', ['headers']);
    await routes.putRoute('echo');
    await expect.poll(async () => (await get('echo-p.apps.test')).status).toBe(200);
    const { body } = await get('echo-p.apps.test', '/', { 'x-forwarded-for': '192.0.2.9' });
    expect(JSON.parse(body)).toMatchObject({
      host: 'echo-p.apps.test',
      'x-forwarded-for': '192.0.2.9, 127.0.0.1',
      'x-forwarded-host': 'echo-p.apps.test',
      'x-forwarded-port': String(running.router.ports?.http),
      'x-forwarded-proto': 'http',
      forwarded: 'for=127.0.0.1;host=echo-p.apps.test;proto=http',
    });
  });

  it('serves the paths below its own, on boundaries, and the longest wins', async () => {
    await routes.serve('api', ['api']);
    await routes.serve('deep', ['deep']);
    await routes.putRoute('site', { host: 'site.test', to: to('web') });
    await routes.putRoute('api', { host: 'site.test', path: '/api', to: to('api') });
    await routes.putRoute('deep', { host: 'site.test', path: '/api/deep', to: to('deep') });
    await expect.poll(() => bodies('site.test', '/api/deep/x?y=1')).toEqual(['deep']);
    expect(await bodies('site.test', '/api')).toEqual(['api']);
    expect(await bodies('site.test', '/api/deeper')).toEqual(['api']);
    expect(await bodies('site.test', '/apis')).toEqual(['a', 'b', 'c']);
    expect(await bodies('SITE.test:8080', '/api/')).toEqual(['api']);
  });

  it('shares requests by weight', async () => {
    await routes.serve('old', ['old']);
    await routes.serve('new', ['new1', 'new2', 'new3']);
    const alternateBackends = [{ ...to('new'), weight: 25 }];
    await routes.putRoute('ab', { to: { ...to('old'), weight: 75 }, alternateBackends });
    await expect.poll(async () => (await bodies('ab-p.apps.test')).length).toBeGreaterThan(1);
    const answers = await Promise.all(
      Array.from({ length: 400 }, () => get('ab-p.apps.test').then((one) => one.body)),
    );
    const old = answers.filter((one) => one === 'old').length;
    expect(old).toBeGreaterThan(200);
    expect(old).toBeLessThan(380);
  });

  it('finds its port by name', async () => {
    await routes.serve('ports', ['right'], { name: 'admin' });
    await routes.putRoute('ports', { port: { targetPort: 'admin' }, to: to('ports') });
    await expect.poll(() => bodies('ports-p.apps.test')).toEqual(['right']);
  });

  it('goes when it is deleted', async () => {
    await client.delete(ROUTES, { namespace: 'p', name: 'echo' });
    await expect.poll(async () => (await get('echo-p.apps.test')).status).toBe(503);
  });
});

describe('a route with TLS at the edge', () => {
  const secure = (insecureEdgeTerminationPolicy: string) => ({
    to: to('web'),
    tls: { termination: 'edge', insecureEdgeTerminationPolicy },
  });

  it('is served over HTTPS, and over HTTP only where it says so', async () => {
    await routes.putRoute('none', secure('None'));
    await routes.putRoute('allow', secure('Allow'));
    await expect.poll(async () => (await getSecure('allow-p.apps.test')).status).toBe(200);
    expect((await getSecure('none-p.apps.test')).status).toBe(200);
    expect((await get('none-p.apps.test')).status).toBe(503);
    expect((await get('allow-p.apps.test')).status).toBe(200);
    expect((await getSecure('web-p.apps.test')).status).toBe(503);
  });

  it('redirects to HTTPS', async () => {
    await routes.putRoute('redirect', secure('Redirect'));
    await expect.poll(async () => (await get('redirect-p.apps.test')).status).toBe(302);
    const answer = await get('redirect-p.apps.test', '/a?b=c');
    const port = running.router.ports?.https;
    expect(answer.headers.location).toEqual([`https://redirect-p.apps.test:${port}/a?b=c`]);
  });

  it('tells the pod of it', async () => {
    await routes.putRoute('secure-echo', { ...secure('None'), to: to('echo') });
    await expect.poll(async () => (await getSecure('secure-echo-p.apps.test')).status).toBe(200);
    const { body } = await getSecure('secure-echo-p.apps.test');
    expect(JSON.parse(body)).toMatchObject({
      'x-forwarded-proto': 'https',
      'x-forwarded-port': String(running.router.ports?.https),
    });
  });
});

describe('a host', () => {
  it('belongs to the oldest route, and to the next when that goes', async () => {
    await routes.serve('rival', ['rival']);
    await routes.putRoute('first', { host: 'shop.test', to: to('web') }, { created: 1 });
    await settled('first');
    await routes.putRoute('second', { host: 'shop.test', to: to('rival') }, { created: 2 });
    await settled('second');
    const second = await client.get(ROUTES, { namespace: 'p', name: 'second' });
    expect(second.status?.ingress?.[0]?.conditions).toMatchObject([
      {
        type: 'Admitted',
        status: 'False',
        reason: 'HostAlreadyClaimed',
        message: 'route first already exposes shop.test and is older',
      },
    ]);
    await expect.poll(() => bodies('shop.test')).toEqual(['a', 'b', 'c']);
    await client.delete(ROUTES, { namespace: 'p', name: 'first' });
    await expect.poll(() => bodies('shop.test')).toEqual(['rival']);
  });
});

describe('changes', () => {
  it('lose no request while pods are replaced one by one under load', async () => {
    await routes.serve('rolling', ['r0', 'r1', 'r2']);
    await routes.putRoute('rolling');
    await expect.poll(() => bodies('rolling-p.apps.test')).toEqual(['r0', 'r1', 'r2']);
    const load = startLoad('rolling-p.apps.test');
    for (let round = 3; round < 9; round++) {
      const old = routes.pods.get('rolling') ?? [];
      await routes.serve('rolling', [`r${round}`], { keep: old.slice(1) });
      await expect.poll(() => bodies('rolling-p.apps.test')).toContain(`r${round}`);
      // As a pod ends: it stops to listen, finishes what it answers, and closes idle connections.
      old[0]?.server.close();
      old[0]?.server.closeIdleConnections();
    }
    const { answered, failed } = await load.end();
    expect(failed).toEqual([]);
    expect(answered).toBeGreaterThan(100);
  });

  it('need no reload while there are spare backends', async () => {
    const before = await workers();
    await routes.serve('spare', ['spare']);
    for (let round = 0; round < 10; round++)
      await routes.putRoute(`spare${round}`, { to: to('spare') });
    await expect.poll(() => bodies('spare9-p.apps.test')).toEqual(['spare']);
    expect(await workers()).toEqual(before);
  });

  it('lose no request when there are more routes than spare backends', async () => {
    const load = startLoad('rolling-p.apps.test');
    for (let round = 0; round < 60; round++)
      await routes.putRoute(`many${round}`, { to: to('spare') });
    await expect.poll(() => bodies('many59-p.apps.test')).toEqual(['spare']);
    const { failed } = await load.end();
    expect(failed).toEqual([]);
    expect(await bodies('many0-p.apps.test')).toEqual(['spare']);
  });

  it('give a route that grows a larger backend', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `s${index}`);
    await routes.serve('spare', names);
    await expect.poll(() => bodies('spare0-p.apps.test', '/', {}, 300)).toEqual([...names].sort());
  });
});

describe('HAProxy', () => {
  it('goes on serving when the platform stops, and is adopted with what it serves', async () => {
    const before = await workers();
    await running.stop();
    expect(await bodies('site.test', '/api')).toEqual(['api']);
    running = await startRouter();
    await routes.serve('api', ['changed']);
    await expect.poll(() => bodies('site.test', '/api')).toEqual(['changed']);
    expect(await workers()).toEqual(before);
  });

  it('is repaired once when somebody changed what it serves', async () => {
    const map = join(dir, 'router', 'http.map');
    await routes.putRoute('drift', { host: 'drift.test', to: to('web') });
    await expect.poll(() => bodies('drift.test')).toEqual(['a', 'b', 'c']);
    await ask(join(dir, 'router', 'admin.sock'), `del map ${map} drift.test/`);
    await client.delete(ROUTES, { namespace: 'p', name: 'drift' });
    const repaired = 'HAProxy differs from what it should be: reloading it';
    await expect.poll(() => log.warnings).toEqual([repaired]);
    await expect.poll(() => bodies('site.test', '/api')).toEqual(['changed']);
    // Long enough for the process to be looked after a few times.
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(log.warnings.splice(0)).toEqual([repaired]);
  });

  it('needs no certificate: routes with TLS are then not served, the others are', async () => {
    await running.stop();
    await shutDownRouter(join(dir, 'router'));
    running = await startRouter({ certificatePem: undefined });
    expect(running.router.ports?.https).toBeUndefined();
    await routes.putRoute('late', { to: to('web'), tls: { termination: 'edge' } });
    await routes.putRoute('plain', { to: to('web') });
    await expect.poll(() => bodies('plain-p.apps.test')).toEqual(['a', 'b', 'c']);
    expect((await get('late-p.apps.test')).status).toBe(503);
  });

  it('is started again when it was killed', async () => {
    process.kill(Number(await readFile(join(dir, 'router', 'haproxy.pid'), 'utf8')), 'SIGKILL');
    await expect.poll(() => bodies('site.test', '/api').catch(() => [])).toEqual(['changed']);
    expect(log.warnings.splice(0)).toContain('HAProxy is gone: starting it again');
  });

  it('takes the next port where the first is taken', async () => {
    await running.stop();
    await shutDownRouter(join(dir, 'router'));
    const { http } = running.router.ports ?? { http: 0 };
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(http, '127.0.0.1', resolve));
    running = await startRouter();
    expect(running.router.ports?.http).toBe(http + 1);
    squatter.close();
  });

  it('is gone after a purge', async () => {
    await running.stop();
    await running.router.purge();
    await expect(get('site.test')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

async function selfSigned(): Promise<string> {
  const [key, certificate] = [join(dir, 'key.pem'), join(dir, 'certificate.pem')];
  const names = ['-subj', '/CN=*.apps.test', '-days', '2', '-nodes', '-newkey', 'rsa:2048'];
  await command('openssl', 'req', '-x509', ...names, '-keyout', key, '-out', certificate);
  return (await readFile(certificate, 'utf8')) + (await readFile(key, 'utf8'));
}

async function settled(name: string): Promise<void> {
  await expect
    .poll(async () => {
      const route = await client.get(ROUTES, { namespace: 'p', name });
      return route.status?.ingress?.length;
    })
    .toBe(1);
}

async function workers(): Promise<readonly string[]> {
  const { readInfo } = await import('../../src/router/haproxy/running-state.ts');
  return [String((await readInfo(join(dir, 'router', 'admin.sock')))?.pid)];
}
