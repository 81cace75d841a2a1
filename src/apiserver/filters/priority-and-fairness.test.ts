import { type ClientHttp2Session, connect } from 'node:http2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CONFIG_MAPS } from '../../apis/resource-types.ts';
import { sendTo } from '../testing/send-to.ts';
import { startTestApiServer, type TestApiServer } from '../testing/test-api-server.ts';
import { listenForTest, type TestListener } from '../testing/test-listener.ts';

const PATH = '/api/v1/namespaces/ns/configmaps/a';
const STREAMS = 100;
let api: TestApiServer;
let open: TestListener;
let sessions: ClientHttp2Session[];
/** Who was let in, in order, and what lets each of them go on. */
let started: string[];
let gates: (() => void)[];

beforeEach(async () => {
  [started, gates, sessions] = [[], [], []];
  const storage = {
    async get(name: string, context: { user: { name: string } }) {
      started.push(context.user.name);
      await new Promise<void>((resolve) => gates.push(resolve));
      return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } };
    },
  };
  const definition = 'io.k8s.api.core.v1.ConfigMap';
  api = await startTestApiServer([{ type: CONFIG_MAPS, definition, storage }], {
    front: { maxRequestsInFlight: 10 },
    authenticate: {
      authenticate: ({ headers }) => ({
        name: String(headers['x-user']),
        groups: [headers['x-user'] === 'admin' ? 'system:masters' : 'system:authenticated'],
      }),
    },
  });
  open = await listenForTest(api.server);
});

afterEach(async () => {
  for (const one of sessions) one.destroy();
  await api.close();
});

interface Answer {
  readonly status: number;
  readonly headers: object;
  readonly text: string;
}

function send(session: ClientHttp2Session, user: string): Promise<Answer> {
  const stream = session.request({ ':path': PATH, 'x-user': user });
  let text = '';
  let headers: Record<string, unknown> = {};
  stream.setEncoding('utf8');
  stream.on('response', (given) => {
    headers = given;
  });
  stream.on('data', (chunk: string) => {
    text += chunk;
  });
  return new Promise((resolve, reject) => {
    stream.on('end', () => resolve({ status: Number(headers[':status']), headers, text }));
    stream.on('error', reject);
  });
}

/** sendMany sends requests all at the same time. */
function sendMany(user: string, count: number): Promise<Answer>[] {
  const answers: Promise<Answer>[] = [];
  for (let left = count; left > 0; left -= STREAMS) {
    const session = connect(open.url, { ca: open.caPem });
    sessions.push(session);
    for (let index = 0; index < Math.min(left, STREAMS); index += 1) {
      answers.push(send(session, user));
    }
  }
  return answers;
}

/** inAll is how many requests are let in or wait. */
async function inAll(): Promise<number> {
  const { samples } = api.server.metrics
    .snapshot()
    .find(({ name }) => name === 'apiserver_current_inflight_requests') ?? { samples: [] };
  return samples.reduce((sum, { value }) => sum + value, 0);
}

/** finish lets one request after the other go on until all are answered. */
async function finish(answers: readonly Promise<Answer>[]): Promise<Answer[]> {
  let done = false;
  const all = Promise.all(answers).finally(() => {
    done = true;
  });
  while (!done) {
    gates.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return all;
}

it('serves a quiet client in between those of a flood that came before', async () => {
  const flood = sendMany('noisy', 200);
  await expect.poll(inAll).toBe(200);
  const quiet = sendMany('quiet', 5);
  await expect.poll(inAll).toBe(205);
  const answers = await finish([...flood, ...quiet]);
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  expect(started).toHaveLength(205);
  expect(started.slice(0, 80).filter((one) => one === 'quiet')).toHaveLength(5);
}, 60_000);

it('turns away with 429 what finds no place, and lets the exempt pass', async () => {
  const flood = sendMany('noisy', 400);
  const first = await Promise.race(flood);
  expect(first.status).toBe(429);
  expect(first.text).toBe('Too many requests, please try again later.\n');
  expect(first.headers).toMatchObject({
    'retry-after': '1',
    'content-type': 'text/plain; charset=utf-8',
    'x-kubernetes-pf-flowschema-uid': '',
  });
  const exempt = sendMany('admin', 20);
  await expect.poll(() => started.filter((one) => one === 'admin').length).toBe(20);
  const answers = await finish([...flood, ...exempt]);
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThanOrEqual(80);
  expect(answers.slice(400).every(({ status }) => status === 200)).toBe(true);
}, 60_000);

describe('what a request costs', () => {
  let plain: TestApiServer;
  let url: TestListener;

  beforeEach(async () => {
    const definition = 'io.k8s.api.core.v1.ConfigMap';
    plain = await startTestApiServer([{ type: CONFIG_MAPS, definition }], {
      front: { maxRequestsInFlight: 600 },
      authenticate: {
        authenticate: () => ({ name: 'someone', groups: ['system:authenticated'] }),
      },
    });
    url = await listenForTest(plain.server);
    for (let index = 0; index < 250; index += 1) {
      const metadata = { name: `c${index}`, namespace: 'ns' };
      await plain.client.create(CONFIG_MAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata });
    }
  });
  afterEach(() => plain.close());

  /** seats is how many all requests were taken to cost so far. */
  function seats(): number {
    const name = 'apiserver_flowcontrol_work_estimated_seats';
    const found = plain.server.metrics.snapshot().find((one) => one.name === name);
    return (found?.samples ?? [])
      .filter(({ suffix }) => suffix === '_sum')
      .reduce((sum, { value }) => sum + value, 0);
  }

  it('is one seat, and for a list one for every hundred objects', async () => {
    const collection = '/api/v1/namespaces/ns/configmaps';
    const cost = async (path: string) => {
      const before = seats();
      expect((await sendTo(url, path)).status).toBe(200);
      return seats() - before;
    };
    expect(await cost(`${collection}/c1`)).toBe(1);
    expect(await cost(collection)).toBe(3);
    expect(await cost(`${collection}?fieldSelector=metadata.name%3Dc1`)).toBe(1);
  });
});

it('takes no seat for a watch that has begun', async () => {
  const definition = 'io.k8s.api.core.v1.ConfigMap';
  const watched = await startTestApiServer([{ type: CONFIG_MAPS, definition }], {
    front: { maxRequestsInFlight: 5 },
    authenticate: { authenticate: () => ({ name: 'someone', groups: ['system:authenticated'] }) },
  });
  const port = await listenForTest(watched.server);
  const session = connect(port.url, { ca: port.caPem });
  sessions.push(session);
  const path = '/api/v1/namespaces/ns/configmaps';
  for (let index = 0; index < 50; index += 1) session.request({ ':path': `${path}?watch=1` });
  await expect.poll(() => watched.server.watchCount()).toBe(50);
  expect((await sendTo(port, path)).status).toBe(200);
  session.destroy();
  await watched.close();
});
