import { Agent, request } from 'node:https';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { KubeList, KubeObject } from '../../src/machinery/object.ts';
import { type ConformanceServer, startConformanceServer } from './support/conformance-server.ts';
import { type Hostile, hostileRequests, type Target } from './support/hostile.ts';
import { GADGET, GADGETS, REVIEWS } from './support/hostile-samples.data.ts';
import { SAMPLES } from './support/samples.data.ts';
import { collectionOf, discover, type Served } from './support/served.ts';

// FUZZ_RUNS=100000 FUZZ_SEED=7 runs longer, and elsewhere.
const RUNS = Number(process.env.FUZZ_RUNS ?? 4000);
const SEED = Number(process.env.FUZZ_SEED ?? 20_261_122);

let server: ConformanceServer;
let agent: Agent;
let served: Served[];
let targets: Target[];

beforeAll(async () => {
  server = await startConformanceServer();
  agent = new Agent({ ...server.tls, keepAlive: true, maxSockets: 8 });
  await server.transport.request({ method: 'POST', path: DEFINITIONS, body: GADGETS });
  await vi.waitFor(async () => {
    const all = await discover(server);
    expect(all.map(({ kind }) => kind)).toContain('Gadget');
    served = all.filter((one) => !one.name.includes('/'));
    targets = [...SAMPLES, GADGET, ...REVIEWS].map((sample) => targetOf(sample, all));
  }, 60_000);
  for (const { collection, sample } of targets) {
    await server.transport.request({ method: 'POST', path: collection, body: sample });
  }
});

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** These lead to nodes and pods, which are not here. */
const STREAMS = ['exec', 'attach', 'portforward', 'proxy', 'log'];

/** targetOf finds where a sample belongs; a kind that is not served fails the test. */
function targetOf(sample: KubeObject, all: readonly Served[]): Target {
  const resource = all.find(
    (one) =>
      one.groupVersion === sample.apiVersion && one.kind === sample.kind && !one.name.includes('/'),
  );
  if (!resource) throw new Error(`nothing serves ${sample.apiVersion} ${sample.kind}`);
  const parts = all
    .filter((one) => one.groupVersion === resource.groupVersion)
    .filter((one) => one.name.startsWith(`${resource.name}/`))
    .map((one) => one.name.slice(resource.name.length + 1))
    .filter((one) => !STREAMS.includes(one));
  const isStored = resource.verbs.includes('update');
  return { collection: collectionOf(resource), sample, parts, isStored };
}

afterAll(async () => {
  agent.destroy();
  await server.close();
});

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** send sends a request as it is, without any client's help. */
function send({ method, path, headers, body }: Hostile): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(`${server.url}`, { agent, method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      const done = () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
      response.on('end', done);
      response.on('error', reject);
    });
    sent.on('error', reject);
    // A path may be a watch: the test is not here to wait for events.
    sent.setTimeout(20_000, () => sent.destroy(new Error(`${method} ${path} got no answer`)));
    sent.end(body);
  });
}

/** SEVERAL_BUDGETS is what upstream answers with 500, too: no request alone brings that about. */
const SEVERAL_BUDGETS = 'This pod has more than one PodDisruptionBudget';

/** isUpstreams tells which failures upstream answers too, 504 to a resourceVersion of the future among them. */
function isUpstreams(status: number, text: string): boolean {
  return status === 504 || (status === 500 && text.includes(SEVERAL_BUDGETS));
}

const isWatch = ({ path }: Hostile) => /[?&]watch=|\/watch(\/|$)/.test(path);

it(`answers ${RUNS} hostile requests, none with an error of its own`, async () => {
  expect(targets.length).toBe(SAMPLES.length + REVIEWS.length + 1);
  // One request for each message: many requests find the same fault.
  const failures = new Map<string, Hostile>();
  await fc.assert(
    fc.asyncProperty(
      hostileRequests(targets).filter((one) => !isWatch(one)),
      async (hostile) => {
        const { status, text } = await send(hostile);
        if (status >= 500 && !isUpstreams(status, text)) {
          failures.set(`${status}: ${text}`, hostile);
        }
      },
    ),
    { numRuns: RUNS, seed: SEED, endOnFailure: true },
  );
  expect([...failures]).toEqual([]);
}, 600_000);

/** What decides on other objects: these are looked at first, and removed. */
const DECIDERS = [
  'limitranges',
  'resourcequotas',
  'mutatingadmissionpolicybindings',
  'validatingadmissionpolicybindings',
  'mutatingwebhookconfigurations',
  'validatingwebhookconfigurations',
];

it('stored nothing that it would refuse', async () => {
  const refused: string[] = [];
  const rank = ({ name }: Served) => -DECIDERS.indexOf(name);
  for (const resource of [...served].sort((one, other) => rank(one) - rank(other))) {
    if (!resource.verbs.includes('list') || !resource.verbs.includes('update')) continue;
    // Events may have any name in the core group, and not in this one: upstream's own exception.
    if (resource.groupVersion === 'events.k8s.io/v1') continue;
    const collection = collectionOf(resource);
    const { body } = await server.transport.request({ method: 'GET', path: collection });
    if (body.kind !== 'object') throw new Error('not a list');
    for (const item of (body.object as unknown as KubeList).items) {
      const { status, text } = await send({
        method: 'PUT',
        path: `${collection}/${encodeURIComponent(item.metadata.name ?? '')}?dryRun=All`,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(item),
      });
      if (status !== 200) refused.push(`${collection} ${item.metadata.name}: ${status} ${text}`);
    }
    if (DECIDERS.includes(resource.name)) {
      await server.transport.request({ method: 'DELETE', path: collection });
    }
  }
  expect(refused).toEqual([]);
});
