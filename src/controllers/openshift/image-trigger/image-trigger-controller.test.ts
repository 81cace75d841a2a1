import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Deployment } from '../../../apis/apps/v1/types.ts';
import type { DeploymentConfig } from '../../../apis/apps.openshift.io/v1/types.ts';
import type { BuildConfig } from '../../../apis/build.openshift.io/v1/types.ts';
import type { ImageStream } from '../../../apis/image.openshift.io/v1/types.ts';
import {
  BUILD_CONFIGS,
  DEPLOYMENT_CONFIGS,
  DEPLOYMENTS,
  IMAGE_STREAMS,
} from '../../../apis/resource-types.ts';
import { type Harness, newHarness } from '../../../controller-kit/fake/harness.ts';
import { newImageTriggerController } from './image-trigger-controller.ts';

let harness: Harness;
beforeEach(() => {
  harness = newHarness();
});
afterEach(() => harness.stop());

const ref = { namespace: 'p1', name: 'app' };
const from = { kind: 'ImageStreamTag', name: 'app:latest' };

function stream(image?: string): ImageStream {
  const items = image
    ? [{ created: '', dockerImageReference: image, image: 'sha256:1', generation: 1 }]
    : [];
  return {
    apiVersion: 'image.openshift.io/v1',
    kind: 'ImageStream',
    metadata: { ...ref },
    status: { tags: [{ tag: 'latest', items }] },
  };
}

const deployment = {
  apiVersion: 'apps.openshift.io/v1',
  kind: 'DeploymentConfig',
  metadata: { ...ref },
  spec: {
    triggers: [
      {
        type: 'ImageChange',
        imageChangeParams: { automatic: true, containerNames: ['app'], from },
      },
    ],
    template: { spec: { containers: [{ name: 'app', image: ' ' }] } },
  },
} as unknown as DeploymentConfig;

const fieldPath = 'spec.template.spec.containers[?(@.name=="app")].image';
const annotated: Deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    ...ref,
    annotations: { 'image.openshift.io/triggers': JSON.stringify([{ from, fieldPath }]) },
  },
  spec: { selector: {}, template: { spec: { containers: [{ name: 'app', image: ' ' }] } } },
};

const build = {
  apiVersion: 'build.openshift.io/v1',
  kind: 'BuildConfig',
  metadata: { ...ref },
  spec: {
    strategy: { sourceStrategy: { from } },
    triggers: [{ type: 'ImageChange', imageChange: {} }],
  },
  status: { lastVersion: 0 },
} as unknown as BuildConfig;

const imageOf = async () =>
  (await harness.client.get(DEPLOYMENT_CONFIGS, ref)).spec.template?.spec?.containers?.[0]?.image;
const builds = () =>
  harness.client.actions.filter(
    (one) => one.verb === 'create' && one.subresource === 'instantiate',
  );

async function setImage(image: string): Promise<void> {
  const current = await harness.client.get(IMAGE_STREAMS, ref);
  await harness.client.update(IMAGE_STREAMS, { ...current, status: stream(image).status ?? {} });
  const status = {
    ...(await harness.client.get(IMAGE_STREAMS, ref)),
    status: stream(image).status ?? {},
  };
  await harness.client.updateStatus(IMAGE_STREAMS, status);
  await harness.settle();
}

test('a new image reaches the containers of a deployment config', async () => {
  await harness.client.create(IMAGE_STREAMS, stream());
  await harness.client.create(DEPLOYMENT_CONFIGS, deployment);
  await harness.start(newImageTriggerController(harness.deps));
  expect(await imageOf()).toBe(' ');
  await setImage('registry/p1/app@sha256:1');
  expect(await imageOf()).toBe('registry/p1/app@sha256:1');
  await setImage('registry/p1/app@sha256:2');
  expect(await imageOf()).toBe('registry/p1/app@sha256:2');
});

test('a new image reaches the deployment that asks for it by annotation', async () => {
  await harness.client.create(IMAGE_STREAMS, stream());
  await harness.client.create(DEPLOYMENTS, annotated);
  await harness.start(newImageTriggerController(harness.deps));
  for (const image of ['registry/p1/app@sha256:1', 'registry/p1/app@sha256:2']) {
    await setImage(image);
    const { spec } = await harness.client.get(DEPLOYMENTS, ref);
    expect(spec?.template.spec?.containers[0]?.image).toBe(image);
  }
});

test('a build config builds once per image', async () => {
  await harness.client.create(IMAGE_STREAMS, stream());
  await harness.client.create(BUILD_CONFIGS, build);
  await harness.start(newImageTriggerController(harness.deps));
  expect(builds()).toHaveLength(0);
  await setImage('registry/p1/app@sha256:1');
  await setImage('registry/p1/app@sha256:1');
  expect(builds()).toHaveLength(1);
  await setImage('registry/p1/app@sha256:2');
  expect(builds()).toHaveLength(2);
});
