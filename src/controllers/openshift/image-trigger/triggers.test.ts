import { describe, expect, test } from 'vitest';
import type { DeploymentConfig } from '../../../apis/apps.openshift.io/v1/types.ts';
import type { BuildConfig } from '../../../apis/build.openshift.io/v1/types.ts';
import type { ImageStream } from '../../../apis/image.openshift.io/v1/types.ts';
import { buildRequestFor, streamsOfBuildConfig, withFiredTriggers } from './build-triggers.ts';
import { resolveDeploymentImages, streamsOfDeploymentConfig } from './deployment-triggers.ts';
import { newTagLookup, type TagLookup } from './tag-lookup.ts';

const IMAGES: Readonly<Record<string, string>> = {
  'p1/app:latest': 'registry/p1/app@sha256:1',
  'p1/base:1': 'registry/p1/base@sha256:2',
  'shared/base:1': 'registry/shared/base@sha256:3',
};
const lookup: TagLookup = (namespace, name) => IMAGES[`${namespace}/${name}`];
const tag = (name: string, namespace?: string) => ({
  kind: 'ImageStreamTag',
  name,
  ...(namespace ? { namespace } : {}),
});

describe('deployment configs', () => {
  type Params = NonNullable<
    NonNullable<DeploymentConfig['spec']['triggers']>[number]['imageChangeParams']
  >;
  const config = (params: Params[], images = ['old', 'old']): DeploymentConfig =>
    ({
      metadata: { name: 'web', namespace: 'p1' },
      spec: {
        triggers: [
          { type: 'ConfigChange' },
          ...params.map((imageChangeParams) => ({ type: 'ImageChange', imageChangeParams })),
        ],
        template: {
          spec: {
            initContainers: [{ name: 'init', image: images[1] }],
            containers: [
              { name: 'web', image: images[0] },
              { name: 'sidecar', image: 'own' },
            ],
          },
        },
      },
    }) as unknown as DeploymentConfig;
  const app: Params = { automatic: true, containerNames: ['web'], from: tag('app:latest') };
  const base: Params = { automatic: true, containerNames: ['init'], from: tag('base:1', 'shared') };
  const none: Params = { automatic: true, containerNames: ['web'], from: tag('none:1') };

  const cases: [what: string, config: DeploymentConfig, images: string[] | undefined][] = [
    [
      'an automatic trigger sets its container',
      config([app]),
      ['registry/p1/app@sha256:1', 'own', 'old'],
    ],
    [
      'init containers and other namespaces',
      config([app, base]),
      ['registry/p1/app@sha256:1', 'own', 'registry/shared/base@sha256:3'],
    ],
    ['a trigger that is not automatic', config([{ ...app, automatic: false }]), undefined],
    ['a tag that never had an image holds everything back', config([app, none]), undefined],
    [
      'a tag that lost its image keeps the last one',
      config([{ ...none, lastTriggeredImage: 'last' }]),
      ['last', 'own', 'old'],
    ],
    [
      'nothing changed',
      config(
        [{ ...app, lastTriggeredImage: 'registry/p1/app@sha256:1' }],
        ['registry/p1/app@sha256:1', 'old'],
      ),
      undefined,
    ],
    [
      'an image that somebody overwrote',
      config([{ ...app, lastTriggeredImage: 'registry/p1/app@sha256:1' }], [' ', 'old']),
      ['registry/p1/app@sha256:1', 'own', 'old'],
    ],
    ['other kinds', config([{ ...app, from: { kind: 'DockerImage', name: 'x' } }]), undefined],
  ];
  test.each(cases)('%s', (_what, before, images) => {
    const frozen = structuredClone(before);
    const after = resolveDeploymentImages(before, lookup);
    expect(before).toEqual(frozen);
    const spec = after?.spec.template?.spec;
    expect(
      after &&
        [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].map((one) => one.image),
    ).toEqual(images);
  });

  test('the image is recorded as the last one', () => {
    expect(
      resolveDeploymentImages(config([app]), lookup)?.spec.triggers?.[1]?.imageChangeParams,
    ).toMatchObject({ lastTriggeredImage: 'registry/p1/app@sha256:1' });
  });

  test('streams', () => {
    expect(streamsOfDeploymentConfig(config([app, base]))).toEqual(['p1/app', 'shared/base']);
  });
});

describe('build configs', () => {
  const config = (triggers: object[], status: object = { lastVersion: 3 }): BuildConfig =>
    ({
      metadata: { name: 'web', namespace: 'p1' },
      spec: {
        strategy: { sourceStrategy: { from: tag('base:1', 'shared') } },
        triggers: triggers.map((imageChange) => ({ type: 'ImageChange', imageChange })),
      },
      status,
    }) as unknown as BuildConfig;
  const recorded = (image: string, name = 'base:1', namespace = 'shared') => ({
    lastVersion: 3,
    imageChangeTriggers: [{ from: { name, namespace }, lastTriggeredImageID: image }],
  });

  const cases: [what: string, config: BuildConfig, images: string[] | undefined][] = [
    ["the strategy's own image", config([{}]), ['registry/shared/base@sha256:3']],
    ['another image', config([{ from: tag('base:1') }]), ['registry/p1/base@sha256:2']],
    [
      'both',
      config([{}, { from: tag('base:1') }]),
      ['registry/shared/base@sha256:3', 'registry/p1/base@sha256:2'],
    ],
    [
      'twice the same',
      config([{}, { from: tag('base:1', 'shared') }]),
      ['registry/shared/base@sha256:3'],
    ],
    ['paused', config([{ paused: true }]), undefined],
    ['no image yet', config([{ from: tag('none:1') }]), undefined],
    ['recorded in the status', config([{}], recorded('registry/shared/base@sha256:3')), undefined],
    [
      'recorded in the spec',
      config([{ lastTriggeredImageID: 'registry/shared/base@sha256:3' }]),
      undefined,
    ],
    [
      'an older image is recorded',
      config([{}], recorded('old')),
      ['registry/shared/base@sha256:3'],
    ],
    [
      'another tag is recorded',
      config([{}], recorded('registry/shared/base@sha256:3', 'x:1')),
      ['registry/shared/base@sha256:3'],
    ],
    ['no image change triggers', config([]), undefined],
  ];
  test.each(cases)('%s', (_what, before, images) => {
    const request = buildRequestFor(before, lookup);
    expect(request?.triggeredBy?.map((one) => one.imageChangeBuild?.imageID)).toEqual(images);
    if (!request) return;
    expect(request).toMatchObject({ lastVersion: 3, triggeredByImage: { name: images?.[0] } });
    const after = withFiredTriggers(before, request, '2026-01-01T00:00:00Z');
    expect(after).toBeDefined();
    // What was recorded does not fire again, and recording twice changes nothing.
    expect(after && buildRequestFor(after, lookup)).toBeUndefined();
    expect(after && withFiredTriggers(after, request, 'later')).toBeUndefined();
  });

  test('streams', () => {
    expect(streamsOfBuildConfig(config([{}, { from: tag('base:1') }]))).toEqual([
      'shared/base',
      'p1/base',
    ]);
  });
});

describe('newTagLookup', () => {
  const stream = (referencePolicy: string): ImageStream => ({
    apiVersion: 'image.openshift.io/v1',
    kind: 'ImageStream',
    metadata: { name: 'app', namespace: 'p1' },
    spec: { tags: [{ name: '1', referencePolicy: { type: referencePolicy } }] },
    status: {
      dockerImageRepository: 'registry:5000/p1/app',
      tags: [
        {
          tag: '1',
          items: [
            {
              created: '',
              dockerImageReference: 'quay.io/a@sha256:9',
              image: `sha256:${'9'.repeat(64)}`,
              generation: 1,
            },
          ],
        },
        { tag: 'failed', items: [] },
      ],
    },
  });
  const cases: [name: string, policy: string, image: string | undefined][] = [
    ['app:1', 'Source', 'quay.io/a@sha256:9'],
    ['app:1', 'Local', `registry:5000/p1/app@sha256:${'9'.repeat(64)}`],
    ['app:failed', 'Source', undefined],
    ['app:none', 'Source', undefined],
    ['other:1', 'Source', undefined],
    ['app', 'Source', undefined],
  ];
  test.each(cases)('%s under policy %s', (name, policy, image) => {
    const find = newTagLookup((key) => (key === 'p1/app' ? stream(policy) : undefined));
    expect(find('p1', name)).toBe(image);
  });
});
