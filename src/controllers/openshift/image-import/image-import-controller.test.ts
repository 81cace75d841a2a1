import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type {
  ImageStream,
  ImageStreamImport,
  ImageStreamStatus,
  TagReference,
} from '../../../apis/image.openshift.io/v1/types.ts';
import { IMAGE_STREAMS } from '../../../apis/resource-types.ts';
import { type Harness, newHarness } from '../../../controller-kit/fake/harness.ts';
import { newImageImportController } from './image-import-controller.ts';
import { neededImport } from './needed-imports.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

function tag(name: string, generation: number, more: Partial<TagReference> = {}): TagReference {
  return { name, generation, from: { kind: 'DockerImage', name: `quay.io/a/b:${name}` }, ...more };
}

function event(generation: number) {
  return { created: '', dockerImageReference: 'x', image: DIGEST, generation };
}

function stream(tags: TagReference[], status: ImageStreamStatus = {}, spec = {}): ImageStream {
  return {
    apiVersion: 'image.openshift.io/v1',
    kind: 'ImageStream',
    metadata: { name: 'app', namespace: 'p1' },
    spec: { ...spec, tags },
    status,
  };
}

describe('neededImport', () => {
  const done = { tags: [{ tag: '1', items: [event(2)] }] };
  const failed = {
    tags: [
      {
        tag: '1',
        items: [],
        conditions: [{ type: 'ImportSuccess', status: 'False', generation: 2 }],
      },
    ],
  };
  const scheduled = { importPolicy: { scheduled: true } };
  const byDigest = { ...scheduled, from: { kind: 'DockerImage', name: `quay.io/a/b@${DIGEST}` } };
  const cases: [what: string, object: ImageStream, scheduledToo: boolean, tags: string[]][] = [
    ['a new tag', stream([tag('1', 1)]), false, ['1']],
    ['an imported tag', stream([tag('1', 2)], done), false, []],
    ['a changed tag', stream([tag('1', 3)], done), false, ['1']],
    ['a failed tag is not tried again and again', stream([tag('1', 2)], failed), false, []],
    ['a failed tag that was changed', stream([tag('1', 3)], failed), false, ['1']],
    ['a reference tag', stream([tag('1', 1, { reference: true })]), false, []],
    [
      'a tag of a stream',
      stream([tag('1', 1, { from: { kind: 'ImageStreamTag', name: 'x:1' } })]),
      false,
      [],
    ],
    ['a scheduled tag that is not due', stream([tag('1', 2, scheduled)], done), false, []],
    ['a scheduled tag that is due', stream([tag('1', 2, scheduled)], done), true, ['1']],
    ['a scheduled digest that is there', stream([tag('1', 2, byDigest)], done), true, []],
    ['only the outdated one', stream([tag('1', 2), tag('2', 2)], done), false, ['2']],
  ];
  test.each(cases)('%s', (_what, object, scheduledToo, tags) => {
    const wanted = neededImport(object, { scheduledToo });
    expect((wanted?.spec.images ?? []).map((one) => one.to?.name)).toEqual(tags);
    if (tags.length === 0) expect(wanted).toBeUndefined();
  });

  test('a repository that was never imported', () => {
    const repository = { dockerImageRepository: 'quay.io/a/b' };
    const wanted = neededImport(stream([], {}, repository), { scheduledToo: false });
    expect(wanted?.spec.repository?.from.name).toBe('quay.io/a/b');
  });
});

describe('the controller', () => {
  let harness: Harness;
  beforeEach(() => {
    harness = newHarness();
  });
  afterEach(() => harness.stop());
  const imports = () =>
    harness.client.actions
      .filter((one) => one.verb === 'create' && one.resource === 'imagestreamimports')
      .map((one) => (one.body as ImageStreamImport).spec.images?.map(({ to }) => to?.name));

  test('a new stream is imported once, a scheduled one every 15 minutes', async () => {
    const tags = [tag('1', 1, { importPolicy: { scheduled: true } })];
    await harness.client.create(IMAGE_STREAMS, stream(tags));
    const status = { tags: [{ tag: '1', items: [event(1)] }] };
    await harness.start(newImageImportController(harness.deps));
    expect(imports()).toEqual([['1']]);
    const current = await harness.client.get(IMAGE_STREAMS, { namespace: 'p1', name: 'app' });
    await harness.client.updateStatus(IMAGE_STREAMS, { ...current, status });
    await harness.settle();
    await harness.advance(14 * 60_000);
    expect(imports()).toHaveLength(1);
    await harness.advance(2 * 60_000);
    expect(imports()).toHaveLength(2);
    await harness.advance(15 * 60_000);
    expect(imports()).toHaveLength(3);
  });
});
