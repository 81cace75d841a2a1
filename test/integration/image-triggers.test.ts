import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DeploymentConfig } from '../../src/apis/apps.openshift.io/v1/types.ts';
import type { BuildConfig } from '../../src/apis/build.openshift.io/v1/types.ts';
import type { ImageStream } from '../../src/apis/image.openshift.io/v1/types.ts';
import {
  BUILD_CONFIGS,
  BUILDS,
  DEPLOYMENT_CONFIGS,
  DEPLOYMENTS,
  IMAGE_STREAM_TAGS,
  IMAGE_STREAMS,
} from '../../src/apis/resource-types.ts';
import type { ResourceDefinition } from '../../src/apiserver/resource-definition.ts';
import { newInformers } from '../../src/controller-kit/informers.ts';
import { newManager } from '../../src/controller-kit/manager.ts';
import { systemClock } from '../../src/controller-kit/system-clock.ts';
import { newImageImportController } from '../../src/controllers/openshift/image-import/image-import-controller.ts';
import { newImageTriggerController } from '../../src/controllers/openshift/image-trigger/image-trigger-controller.ts';
import {
  newRegistryFixture,
  pushImage,
  type RegistryFixture,
} from '../../src/registry/fake/registry-fixture.ts';
import { deploymentDefinition } from '../../src/resources/kube/apps/deployment.ts';
import { buildDefinitions } from '../../src/resources/openshift/build/index.ts';
import { deploymentConfigDefinitions } from '../../src/resources/openshift/deployment-config/index.ts';
import { type ImagePlatform, startImagePlatform } from './support/image-platform.ts';

let platform: ImagePlatform;
let upstream: RegistryFixture;
let stop: () => Promise<void>;
const warnings: string[] = [];

beforeEach(async () => {
  warnings.length = 0;
  upstream = await newRegistryFixture({ canAccess: async () => true });
  platform = await startImagePlatform({
    more: (deps) => [
      ...deploymentConfigDefinitions(deps),
      ...buildDefinitions(deps),
      deploymentDefinition as unknown as ResourceDefinition,
    ],
  });
  const { client } = platform.api;
  const silent = () => undefined;
  const log = { debug: silent, info: silent, warn: silent, error: silent };
  const informers = newInformers(client, { log });
  const manager = newManager({ informers, clock: systemClock, log });
  const recorder = {
    event: (_object: unknown, type: string, reason: string, message: string) => {
      if (type === 'Warning') warnings.push(`${reason}: ${message}`);
    },
  };
  const deps = { client, informers, clock: systemClock, recorder, log };
  manager.add(newImageImportController(deps));
  manager.add(newImageTriggerController(deps));
  informers.start();
  manager.start();
  stop = async () => {
    await manager.stop();
    await informers.stop();
  };
});

afterEach(async () => {
  await stop();
  await platform.close();
  await upstream.close();
});

/** eventually waits for a condition that the controllers bring about. */
async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const from = { kind: 'ImageStreamTag', name: 'base:v1' };

async function createConfigs(): Promise<void> {
  await platform.api.client.create(BUILD_CONFIGS, {
    apiVersion: 'build.openshift.io/v1',
    kind: 'BuildConfig',
    metadata: { name: 'app', namespace: 'p1' },
    spec: {
      source: { git: { uri: 'https://git.example.com/app.git' } },
      strategy: { sourceStrategy: { from } },
      triggers: [{ type: 'ImageChange', imageChange: {} }],
    },
  } as unknown as BuildConfig);
  await platform.api.client.create(DEPLOYMENT_CONFIGS, {
    apiVersion: 'apps.openshift.io/v1',
    kind: 'DeploymentConfig',
    metadata: { name: 'app', namespace: 'p1' },
    spec: {
      replicas: 1,
      selector: { app: 'app' },
      triggers: [
        {
          type: 'ImageChange',
          imageChangeParams: { automatic: true, containerNames: ['app'], from },
        },
      ],
      template: {
        metadata: { labels: { app: 'app' } },
        spec: { containers: [{ name: 'app', image: ' ' }] },
      },
    },
  } as unknown as DeploymentConfig);
  const fieldPath = 'spec.template.spec.containers[?(@.name=="app")].image';
  const labels = { app: 'app' };
  await platform.api.client.create(DEPLOYMENTS, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'app',
      namespace: 'p1',
      annotations: { 'image.openshift.io/triggers': JSON.stringify([{ from, fieldPath }]) },
    },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'app', image: ' ' }] } },
    },
  });
}

/** deployed is the image of the deployment config once the deployment has the same. */
async function deployed(): Promise<string | undefined> {
  const ref = { namespace: 'p1', name: 'app' };
  const config = await platform.api.client.get(DEPLOYMENT_CONFIGS, ref);
  const deployment = await platform.api.client.get(DEPLOYMENTS, ref);
  const image = config.spec.template?.spec?.containers?.[0]?.image;
  return deployment.spec?.template.spec?.containers[0]?.image === image ? image : undefined;
}
const builds = async () =>
  (await platform.api.client.list(BUILDS, { namespace: 'p1' })).items.map(
    (build) => build.spec?.strategy.sourceStrategy?.from.name,
  );

test('an image stream that tracks another registry carries each new image on, once', async () => {
  const first = await pushImage(upstream, 'lib/base', { tag: 'v1', layer: 'one' });
  await createConfigs();
  await platform.api.client.create(IMAGE_STREAMS, {
    apiVersion: 'image.openshift.io/v1',
    kind: 'ImageStream',
    metadata: { name: 'base', namespace: 'p1' },
    spec: {
      tags: [{ name: 'v1', from: { kind: 'DockerImage', name: `${upstream.host}/lib/base:v1` } }],
    },
  } as ImageStream);
  const one = `${upstream.host}/lib/base@${first.digest}`;
  await eventually(async () => ((await deployed()) === one ? true : undefined));
  await eventually(async () => ((await builds()).length > 0 ? true : undefined));
  expect(await builds()).toEqual([one]);

  // The tag is set to another image, as `oc tag` does.
  const second = await pushImage(upstream, 'lib/base', { tag: 'v2', layer: 'two' });
  const tag = await platform.api.client.get(IMAGE_STREAM_TAGS, {
    namespace: 'p1',
    name: 'base:v1',
  });
  const reference = {
    ...tag.tag,
    from: { kind: 'DockerImage', name: `${upstream.host}/lib/base:v2` },
  };
  await platform.api.client.update(IMAGE_STREAM_TAGS, { ...tag, tag: reference });
  const two = `${upstream.host}/lib/base@${second.digest}`;
  await eventually(async () => ((await deployed()) === two ? true : undefined));
  await eventually(async () => ((await builds()).length > 1 ? true : undefined));
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect((await builds()).sort()).toEqual([one, two].sort());
  expect(warnings).toEqual([]);
});
