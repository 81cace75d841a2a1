import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Build, BuildConfig } from '../../../apis/build.openshift.io/v1/types.ts';
import type { Pod } from '../../../apis/core/v1/types.ts';
import {
  BUILD_CONFIGS,
  BUILDS,
  IMAGE_STREAMS,
  PODS,
  SECRETS,
  SERVICE_ACCOUNTS,
} from '../../../apis/resource-types.ts';
import { type Harness, newHarness } from '../../../controller-kit/fake/harness.ts';
import { newBuildController } from './build-controller.ts';

const REGISTRY = 'image-registry.openshift-image-registry.svc:5000';
let harness: Harness;

function build(number: number, more: Partial<Build['spec']> = {}): Build {
  return {
    apiVersion: 'build.openshift.io/v1',
    kind: 'Build',
    metadata: {
      name: `app-${number}`,
      namespace: 'p',
      labels: {
        buildconfig: 'app',
        'openshift.io/build-config.name': 'app',
        'openshift.io/build.start-policy': 'Serial',
      },
      annotations: {
        'openshift.io/build-config.name': 'app',
        'openshift.io/build.number': String(number),
      },
    },
    spec: {
      serviceAccount: 'builder',
      source: { type: 'Git', git: { uri: 'https://git.example/app.git', ref: 'main' } },
      strategy: {
        type: 'Source',
        sourceStrategy: {
          from: { kind: 'DockerImage', name: `${REGISTRY}/openshift/ruby@sha256:1` },
        },
      },
      output: { to: { kind: 'ImageStreamTag', name: 'app:latest' } },
      ...more,
    },
    status: { phase: 'New' },
  };
}

async function world(): Promise<void> {
  const { client } = harness;
  const config = Buffer.from(JSON.stringify({ [REGISTRY]: { auth: 'eDp5' } })).toString('base64');
  await client.create(SECRETS, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'builder-dockercfg-x', namespace: 'p' },
    type: 'kubernetes.io/dockercfg',
    data: { '.dockercfg': config },
  });
  await client.create(SERVICE_ACCOUNTS, {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'builder', namespace: 'p' },
    secrets: [{ name: 'builder-dockercfg-x' }],
  });
}

async function stream(): Promise<void> {
  await harness.client.create(IMAGE_STREAMS, {
    apiVersion: 'image.openshift.io/v1',
    kind: 'ImageStream',
    metadata: { name: 'app', namespace: 'p' },
    spec: {},
    status: { dockerImageRepository: `${REGISTRY}/p/app` },
  });
  // Status is a subresource of image streams.
  const created = await harness.client.get(IMAGE_STREAMS, { namespace: 'p', name: 'app' });
  await harness.client.updateStatus(IMAGE_STREAMS, {
    ...created,
    status: { dockerImageRepository: `${REGISTRY}/p/app` },
  });
}

const getBuild = (name: string) => harness.client.get(BUILDS, { namespace: 'p', name });
const getPod = (name: string) => harness.client.get(PODS, { namespace: 'p', name });

async function setPod(name: string, status: Pod['status']): Promise<void> {
  const pod = await getPod(name);
  await harness.client.updateStatus(PODS, { ...pod, ...(status ? { status } : {}) });
  await harness.settle();
}

function start(): Promise<void> {
  return harness.start(newBuildController({ ...harness.deps, pods: { image: 'sampan/platform' } }));
}

beforeEach(async () => {
  harness = newHarness();
  await world();
});
afterEach(() => harness.stop());

describe('a build', () => {
  it('gets a pod with its own description, secrets and owner, and is Pending', async () => {
    await stream();
    await harness.client.create(BUILDS, build(1));
    await start();
    const pod = await getPod('app-1-build');
    const after = await getBuild('app-1');
    expect(after.status).toMatchObject({
      phase: 'Pending',
      outputDockerImageReference: `${REGISTRY}/p/app:latest`,
    });
    expect(after.metadata.annotations?.['openshift.io/build.pod-name']).toBe('app-1-build');
    expect(after.spec?.output?.pushSecret).toEqual({ name: 'builder-dockercfg-x' });
    expect(pod.metadata.ownerReferences?.[0]).toMatchObject({
      kind: 'Build',
      uid: after.metadata.uid,
      controller: true,
    });
    expect(pod.metadata.labels?.['openshift.io/build.name']).toBe('app-1');
    const env = pod.spec?.containers[0]?.env ?? [];
    const told = JSON.parse(env.find(({ name }) => name === 'BUILD')?.value ?? '{}') as Build;
    expect(told.spec?.output?.to).toEqual({
      kind: 'DockerImage',
      name: `${REGISTRY}/p/app:latest`,
    });
    expect(env).toContainEqual({ name: 'SOURCE_REF', value: 'main' });
    expect(pod.spec?.volumes?.map((one) => one.secret?.secretName).filter(Boolean)).toEqual([
      'builder-dockercfg-x',
      'builder-dockercfg-x',
    ]);
  });

  it('waits with a reason for its output stream and starts when that comes', async () => {
    await harness.client.create(BUILDS, build(1));
    await start();
    expect((await getBuild('app-1')).status).toMatchObject({
      phase: 'New',
      reason: 'InvalidOutputReference',
      message: 'Output image could not be resolved.',
    });
    await stream();
    await harness.settle();
    const { status } = await getBuild('app-1');
    expect(status?.phase).toBe('Pending');
    expect(status?.reason).toBeUndefined();
  });

  it('fails at once when an upload has nowhere to go', async () => {
    await harness.client.create(BUILDS, build(1, { source: { type: 'Binary', binary: {} } }));
    await start();
    expect((await getBuild('app-1')).status).toMatchObject({
      phase: 'Failed',
      reason: 'InvalidOutputReference',
    });
  });

  it('follows its pod to the end, and the next one starts then', async () => {
    await stream();
    await harness.client.create(BUILDS, build(1));
    await harness.client.create(BUILDS, build(2));
    await start();
    expect((await getBuild('app-2')).status?.phase).toBe('New');
    const startTime = '2026-01-01T00:00:10Z';
    await setPod('app-1-build', { phase: 'Running', startTime });
    expect((await getBuild('app-1')).status).toMatchObject({
      phase: 'Running',
      startTimestamp: startTime,
    });
    await harness.advance(70_000);
    const terminated = { exitCode: 0 };
    await setPod('app-1-build', {
      phase: 'Succeeded',
      startTime,
      containerStatuses: [
        {
          name: 'sti-build',
          image: '',
          imageID: '',
          ready: false,
          restartCount: 0,
          state: { terminated },
        },
      ],
    });
    const { status } = await getBuild('app-1');
    expect(status?.phase).toBe('Complete');
    expect(status?.completionTimestamp).toBeDefined();
    expect(status?.duration).toBe(60 * 1_000_000_000);
    expect((await getBuild('app-2')).status?.phase).toBe('Pending');
    expect(harness.events).toEqual([
      'Normal BuildStarted: Build p/app-1 is now running',
      'Normal BuildCompleted: Build p/app-1 completed successfully',
    ]);
  });

  it.each([
    ['a generic failure', { phase: 'Failed' }, 'Failed', 'GenericBuildFailed'],
    [
      'eviction',
      { phase: 'Failed', reason: 'Evicted', message: 'disk' },
      'Failed',
      'BuildPodEvicted',
    ],
    ['memory', { phase: 'Failed', reason: 'OOMKilled' }, 'Failed', 'OutOfMemoryKilled'],
    ['a pod without containers', { phase: 'Succeeded' }, 'Error', 'NoBuildContainerStatus'],
  ])('ends by %s', async (_what, podStatus, phase, reason) => {
    await stream();
    await harness.client.create(BUILDS, build(1));
    await start();
    await setPod('app-1-build', podStatus);
    expect((await getBuild('app-1')).status).toMatchObject({ phase, reason });
  });

  it('shows the last words of its pod when it failed', async () => {
    await stream();
    await harness.client.create(BUILDS, build(1));
    await start();
    const message = `one\ntwo\nthree\nfour\nfive\n${'x'.repeat(200)}\n`;
    await setPod('app-1-build', {
      phase: 'Failed',
      containerStatuses: [
        {
          name: 'sti-build',
          image: '',
          imageID: '',
          ready: false,
          restartCount: 0,
          state: { terminated: { exitCode: 1, message } },
        },
      ],
    });
    const snippet = (await getBuild('app-1')).status?.logSnippet ?? '';
    expect(snippet.split('\n')).toEqual([
      'two',
      'three',
      'four',
      'five',
      `${'x'.repeat(58)}...${'x'.repeat(59)}`,
    ]);
  });

  it('is cancelled: the pod goes and the reason says who', async () => {
    await stream();
    await harness.client.create(BUILDS, build(1));
    await start();
    const running = structuredClone(await getBuild('app-1'));
    running.status = { ...running.status, phase: 'Pending', cancelled: true };
    await harness.client.update(BUILDS, running);
    await harness.settle();
    expect((await getBuild('app-1')).status).toMatchObject({
      phase: 'Cancelled',
      reason: 'CancelledBuild',
      message: 'The build was cancelled by the user.',
    });
  });

  it('is in Error when its pod was deleted', async () => {
    await stream();
    await harness.client.create(BUILDS, build(1));
    await start();
    await harness.client.delete(
      PODS,
      { namespace: 'p', name: 'app-1-build' },
      { gracePeriodSeconds: 0 },
    );
    await harness.settle();
    expect((await getBuild('app-1')).status).toMatchObject({
      phase: 'Error',
      reason: 'BuildPodDeleted',
    });
  });

  it('finds the pod that a killed controller made before it could say so', async () => {
    await stream();
    await harness.client.create(BUILDS, build(1));
    await start();
    const pending = structuredClone(await getBuild('app-1'));
    pending.status = { phase: 'New' };
    await harness.client.update(BUILDS, pending);
    await harness.settle();
    expect((await getBuild('app-1')).status).toMatchObject({
      phase: 'Pending',
      outputDockerImageReference: `${REGISTRY}/p/app:latest`,
    });
  });
});

describe('history limits', () => {
  it('keep the newest builds of either kind', async () => {
    const config: BuildConfig = {
      apiVersion: 'build.openshift.io/v1',
      kind: 'BuildConfig',
      metadata: { name: 'app', namespace: 'p' },
      spec: {
        strategy: {},
        successfulBuildsHistoryLimit: 2,
        failedBuildsHistoryLimit: 0,
      },
    };
    await harness.client.create(BUILD_CONFIGS, config);
    for (const number of [1, 2, 3, 4]) {
      const one = build(number);
      const phase = number === 2 ? 'Failed' : 'Complete';
      one.status = { phase, completionTimestamp: '2026-01-01T00:00:00Z' };
      await harness.client.create(BUILDS, one);
      await harness.advance(1000);
    }
    await start();
    const { items } = await harness.client.list(BUILDS, { namespace: 'p' });
    expect(items.map(({ metadata }) => metadata.name).sort()).toEqual(['app-3', 'app-4']);
  });
});
