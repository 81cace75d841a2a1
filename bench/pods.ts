import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Pod } from '../src/apis/core/v1/types.ts';
import { PODS } from '../src/apis/resource-types.ts';
import { type ApiBed, newApiBed } from '../test/integration/support/api-bed.ts';
import { elapsedMs, median, type Result, type Row } from './load/figures.ts';

const run_ = promisify(execFile);
const ALONE = 7;
const AT_ONCE = 50;
const NAMESPACE = 'streams';

function isReady(pod: Pod): boolean {
  return (pod.status?.conditions ?? []).some(
    ({ type, status }) => type === 'Ready' && status === 'True',
  );
}

/** untilReady follows the watch until all pods of a group are ready. */
async function untilReady(bed: ApiBed, group: string, count: number): Promise<void> {
  const abort = new AbortController();
  const ready = new Set<string>();
  const events = await bed.client.watch(PODS, {
    namespace: NAMESPACE,
    labelSelector: `group=${group}`,
    signal: abort.signal,
  });
  for await (const { object } of events) {
    if (isReady(object)) ready.add(object.metadata.name ?? '');
    if (ready.size === count) break;
  }
  abort.abort();
}

async function startPods(bed: ApiBed, group: string, count: number): Promise<void> {
  const names = [...Array(count).keys()].map((index) => `${group}-${index}`);
  const ready = untilReady(bed, group, count);
  await Promise.all(
    names.map((name) =>
      bed.client.create(PODS, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace: NAMESPACE, labels: { group } },
        spec: {
          nodeName: 'node-1',
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: 0,
          containers: [{ name: 'main', image: bed.image, command: ['/bin/sleep', '1000'] }],
        },
      }),
    ),
  );
  await ready;
}

async function removePods(bed: ApiBed): Promise<void> {
  await bed.client.deleteCollection(PODS, { namespace: NAMESPACE }, { gracePeriodSeconds: 1 });
  while ((await bed.client.list(PODS, { namespace: NAMESPACE })).items.length > 0) {
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function dockerRun(image: string, count: number): Promise<void> {
  const args = ['run', '-d', '--label', `bench=${image}`, image, '/bin/sleep', '1000'];
  await Promise.all([...Array(count).keys()].map(() => run_('docker', args)));
}

async function dockerRemove(image: string): Promise<void> {
  const { stdout } = await run_('docker', ['ps', '-aq', '--filter', `label=bench=${image}`]);
  const ids = stdout.split('\n').filter((id) => id !== '');
  if (ids.length > 0) await run_('docker', ['rm', '-f', ...ids]);
}

async function measure(bed: ApiBed, count: number, rounds: number) {
  const pods: number[] = [];
  const plain: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    plain.push(await elapsedMs(() => dockerRun(bed.image, count)));
    await dockerRemove(bed.image);
    pods.push(await elapsedMs(() => startPods(bed, `g${count}-${round}`, count)));
    await removePods(bed);
  }
  return { pods: median(pods), plain: median(plain) };
}

function rowsOf(
  name: string,
  { pods, plain }: { pods: number; plain: number },
  goal: number,
): Row[] {
  return [
    { work: `docker run, ${name}`, value: Math.round(plain), unit: 'ms' },
    { work: `pod create to Ready, ${name}`, value: Math.round(pods), unit: 'ms' },
    {
      work: `pod against docker run, ${name}`,
      value: Number((pods / plain).toFixed(2)),
      unit: 'x',
      goal: `<= ${goal}`,
    },
  ];
}

/** run measures how long pods take from their creation to Ready, against `docker run` beside it. */
export async function run(): Promise<Result> {
  const bed = await newApiBed('sampan-bench-pods', []);
  try {
    await measure(bed, 1, 1);
    const alone = await measure(bed, 1, ALONE);
    const many = await measure(bed, AT_ONCE, 1);
    return {
      name: 'pods',
      rows: [...rowsOf('one', alone, 1.5), ...rowsOf(`${AT_ONCE} at once`, many, 1.3)],
    };
  } finally {
    await bed.close();
  }
}
