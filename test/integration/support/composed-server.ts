import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiFlags } from '../../../src/cmd/platform/api-flags.ts';
import { parseOptions } from '../../../src/cmd/platform/options.ts';
import { pathsOf } from '../../../src/cmd/platform/paths.ts';
import type { ControlPlane } from '../../../src/cmd/server/control-plane.ts';
import { controllersOf } from '../../../src/cmd/server/controllers.ts';
import { readImageSettings } from '../../../src/cmd/server/image-settings.ts';
import { newEventRecorder } from '../../../src/controller-kit/event-recorder.ts';
import { newManager } from '../../../src/controller-kit/manager.ts';
import { newFakeEngine } from '../../../src/engine/fake/fake-engine.ts';
import { startTestPlane } from './test-plane.ts';

/** Answered is an answer over HTTPS; `body` is read as JSON where it is some. */
export interface Answered {
  readonly code: number;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every kind.
  readonly body: any;
}

/** Asked is a request; `as` and `groups` say for whom the administrator asks, `token` who does. */
export interface Asked {
  readonly body?: unknown;
  readonly type?: string;
  readonly as?: string;
  readonly groups?: readonly string[];
  readonly token?: string;
}

/** ComposedServer is the API server of the platform with all its controllers, as `up` composes them, without nodes. */
export interface ComposedServer {
  readonly plane: ControlPlane;
  /** Where everything is that the server keeps. */
  readonly directory: string;
  readonly url: string;
  call(method: string, path: string, asked?: Asked): Promise<Answered>;
  close(): Promise<void>;
}

/** startComposedServer starts one on a free port; `files` are written first, for flags to name. */
export async function startComposedServer(
  flagsOf: (directory: string) => ApiFlags = () => ({}),
  files: Readonly<Record<string, string>> = {},
): Promise<ComposedServer> {
  const directory = await mkdtemp(join(tmpdir(), 'sampan-composed-'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  const data = join(directory, 'data');
  const images = await readImageSettings(5000);
  const { plane, url } = await startTestPlane(data, { images, flags: flagsOf(directory) });
  const { client, informers, clock, log } = plane;
  const recorder = newEventRecorder({ client, clock, log, component: 'test' });
  const manager = newManager({ informers, clock, log });
  const deps = { client, informers, clock, recorder, log };
  const options = {
    platform: parseOptions([], []),
    paths: pathsOf(data),
    gateway: '127.0.0.1',
    clock,
    log,
    images,
    engine: newFakeEngine(),
  };
  for (const one of controllersOf(deps, plane, options)) manager.add(one);
  manager.start();
  const { admin, authority } = plane.pki;
  const trust = { ca: authority.certPem, keepAlive: true };
  const own = new Agent({ ...trust, cert: admin.certPem, key: admin.keyPem });
  const nobody = new Agent(trust);
  return {
    plane,
    directory,
    url,
    call: (method, path, asked = {}) =>
      send(`${url}${path}`, { method, agent: asked.token === undefined ? own : nobody }, asked),
    async close() {
      own.destroy();
      nobody.destroy();
      await manager.stop();
      await plane.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function send(
  url: string,
  how: { readonly method: string; readonly agent: Agent },
  { body, type, as, groups, token }: Asked,
): Promise<Answered> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const usual = how.method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  const headers = {
    'user-agent': 'composed-test',
    ...(text !== undefined && {
      'content-type': type ?? usual,
      'content-length': Buffer.byteLength(text),
    }),
    ...(as !== undefined && { 'impersonate-user': as }),
    ...(groups && { 'impersonate-group': [...groups] }),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  return new Promise((resolve, reject) => {
    const sent = request(url, { ...how, headers }, (response) => {
      let answer = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        answer += chunk;
      });
      response.on('end', () =>
        resolve({ code: response.statusCode ?? 0, text: answer, body: parsed(answer) }),
      );
    });
    sent.on('error', reject);
    sent.end(text);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
