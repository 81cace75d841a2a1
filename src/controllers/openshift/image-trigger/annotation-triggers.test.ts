import { describe, expect, test } from 'vitest';
import type { Deployment } from '../../../apis/apps/v1/types.ts';
import { resolveAnnotatedImages, streamsOfDeployment } from './annotation-triggers.ts';
import type { TagLookup } from './tag-lookup.ts';

const IMAGES: Readonly<Record<string, string>> = {
  'p1/app:latest': 'registry/p1/app@sha256:1',
  'shared/base:1': 'registry/shared/base@sha256:3',
};
const lookup: TagLookup = (namespace, name) => IMAGES[`${namespace}/${name}`];
const app = { kind: 'ImageStreamTag', name: 'app:latest' };
const base = { kind: 'ImageStreamTag', name: 'base:1', namespace: 'shared' };
const web = 'spec.template.spec.containers[?(@.name=="web")].image';
const init = 'spec.template.spec.initContainers[0].image';

function deploymentOf(annotation: unknown): Deployment {
  const text = typeof annotation === 'string' ? annotation : JSON.stringify(annotation);
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'web',
      namespace: 'p1',
      annotations: { 'image.openshift.io/triggers': text },
    },
    spec: {
      selector: {},
      template: {
        spec: {
          initContainers: [{ name: 'init', image: 'old' }],
          containers: [
            { name: 'sidecar', image: 'own' },
            { name: 'web', image: ' ' },
          ],
        },
      },
    },
  };
}

const resolved = ['own', 'registry/p1/app@sha256:1', 'old'];

describe('resolveAnnotatedImages', () => {
  const cases: [what: string, annotation: unknown, images: string[] | undefined][] = [
    ['a container by name', [{ from: app, fieldPath: web }], resolved],
    [
      'a container by number',
      [{ from: app, fieldPath: 'spec.template.spec.containers[1].image' }],
      resolved,
    ],
    [
      'init containers and other namespaces',
      [{ from: base, fieldPath: init }],
      ['own', ' ', 'registry/shared/base@sha256:3'],
    ],
    ['paused', [{ from: app, fieldPath: web, paused: true }], undefined],
    ['paused as a text', [{ from: app, fieldPath: web, paused: 'true' }], undefined],
    ['not paused as a text', [{ from: app, fieldPath: web, paused: 'false' }], resolved],
    [
      'a tag without an image leaves the others alone',
      [
        { from: { ...app, name: 'none:1' }, fieldPath: init },
        { from: app, fieldPath: web },
      ],
      resolved,
    ],
    ['other kinds', [{ from: { ...app, kind: 'DockerImage' }, fieldPath: web }], undefined],
    ['another field', [{ from: app, fieldPath: web.replace('image', 'command') }], undefined],
    [
      'a container that is not there',
      [{ from: app, fieldPath: web.replace('web', 'x') }],
      undefined,
    ],
    ['what is no JSON', '[{', undefined],
    ['what is no list', '{"from":1}', undefined],
    ['what is no trigger', [null, 1, {}], undefined],
  ];
  test.each(cases)('%s', (_what, annotation, images) => {
    const spec = resolveAnnotatedImages(deploymentOf(annotation), lookup)?.spec?.template.spec;
    const all = spec && [...spec.containers, ...(spec.initContainers ?? [])];
    expect(all?.map((one) => one.image)).toEqual(images);
  });

  test('what is resolved stays as it is', () => {
    const once = resolveAnnotatedImages(deploymentOf([{ from: app, fieldPath: web }]), lookup);
    expect(once && resolveAnnotatedImages(once, lookup)).toBeUndefined();
  });
});

test('streamsOfDeployment names each stream once', () => {
  const deployment = deploymentOf([
    { from: app, fieldPath: web },
    { from: app, fieldPath: init },
    { from: base, fieldPath: init },
  ]);
  expect(streamsOfDeployment(deployment)).toEqual(['p1/app', 'shared/base']);
});
