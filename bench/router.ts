import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SILENT } from '../src/controller-kit/silent-log.ts';
import { DataPlane } from '../src/router/data-plane.ts';
import { DEFAULT_PROFILE } from '../src/router/plan/profile.ts';
import type { PlannedRoute } from '../src/router/plan/route-plan.ts';
import { elapsedMs, type Result } from './load/figures.ts';

const execute = promisify(execFile);
const POD_PORTS = [19_701, 19_702];
const PLAIN_PORT = 19_710;
const ROUTES = 1000;
const SECONDS = 4;

/** run measures the data path against a plain HAProxy to the same pods, and changes of routes. */
export async function run(): Promise<Result> {
  const dir = await mkdtemp(join(tmpdir(), 'sampan-bench-router-'));
  const plane = new DataPlane({
    dir: join(dir, 'router'),
    log: SILENT,
    hosts: ['127.0.0.1'],
    httpPorts: [19_700],
    httpsPorts: [],
    certificatePem: undefined,
    haproxy: 'haproxy',
  });
  // In processes of their own, as pods are.
  const others = [await startPods(dir), await startPlain(dir)];
  try {
    await plane.start();
    return { name: 'router', rows: await measure(plane) };
  } finally {
    for (const one of others) one.kill('SIGTERM');
    await plane.purge();
    await rm(dir, { recursive: true, force: true });
  }
}

async function measure(plane: DataPlane) {
  const routes = Array.from({ length: ROUTES }, (_, index) => planned(index));
  const all = await elapsedMs(() => plane.apply(routes));
  const endpoint = await elapsedMs(() => plane.apply([planned(0, 1), ...routes.slice(1)]));
  const route = await elapsedMs(() => plane.apply(routes.slice(0, -1)));
  const back = await elapsedMs(() => plane.apply(routes));
  // Turn and turn about, so that both meet the same noise.
  const figures = { plain: [] as number[], routed: [] as number[] };
  for (let round = 0; round < 3; round++) {
    figures.plain.push(await requestsPerSecond(PLAIN_PORT));
    figures.routed.push(await requestsPerSecond(19_700));
  }
  const [plain, routed] = [Math.max(...figures.plain), Math.max(...figures.routed)];
  return [
    { work: 'plain HAProxy, 128 connections', value: plain, unit: '/s' },
    { work: `a route of ${ROUTES}, 128 connections`, value: routed, unit: '/s' },
    { work: 'a route against plain HAProxy', value: routed / plain, unit: '×', goal: '≥ 0.95' },
    { work: `${ROUTES} routes from nothing (one reload)`, value: all, unit: 'ms' },
    { work: 'change the endpoints of a route', value: endpoint, unit: 'ms' },
    { work: 'remove a route', value: route, unit: 'ms' },
    { work: 'add a route', value: back, unit: 'ms' },
  ];
}

function planned(index: number, pods = POD_PORTS.length): PlannedRoute {
  return {
    entry: `app${index}.apps.test/`,
    profile: DEFAULT_PROFILE,
    exposure: { http: 'serve', https: false },
    servers: POD_PORTS.slice(0, pods).map((port) => ({ address: `127.0.0.1:${port}`, weight: 1 })),
  };
}

function startPods(dir: string) {
  const pods = POD_PORTS.map(
    (port) => `frontend pod${port}
  bind 127.0.0.1:${port}
  http-request return status 200 content-type text/plain string "hello from a pod"`,
  );
  return startHaproxy(join(dir, 'pods.cfg'), pods.join('\n'));
}

function startPlain(dir: string) {
  const servers = POD_PORTS.map((port) => `  server s${port} 127.0.0.1:${port}`);
  const config = `frontend plain
  bind 127.0.0.1:${PLAIN_PORT}
  default_backend pods
backend pods
  balance random
${servers.join('\n')}`;
  return startHaproxy(join(dir, 'plain.cfg'), config);
}

async function startHaproxy(path: string, sections: string) {
  const defaults =
    'defaults\n  mode http\n  timeout connect 5s\n  timeout client 30s\n  timeout server 30s';
  await writeFile(path, `${defaults}\n${sections}\n`);
  const child = spawn('haproxy', ['-db', '-f', path], { stdio: 'ignore' });
  await new Promise((resolve) => setTimeout(resolve, 300));
  return child;
}

async function requestsPerSecond(port: number): Promise<number> {
  const args = ['-t2', '-c128', `-d${SECONDS}s`, '-H', 'Host: app7.apps.test'];
  const { stdout } = await execute('wrk', [...args, `http://127.0.0.1:${port}/`]);
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(stdout);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]);
}
