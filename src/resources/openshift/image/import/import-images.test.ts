import { expect, test } from 'vitest';
import { parseImageReference } from '../../../../machinery/image-reference.ts';
import { readAnywhere } from './import-images.ts';
import type { LocalImage } from './local-image.ts';
import { RemoteError, type RemoteFailure } from './remote-error.ts';
import type { RemoteRegistry } from './remote-registry.ts';

const ID = `sha256:${'e'.repeat(64)}`;
const DIGEST = `sha256:${'d'.repeat(64)}`;

function failing(failure: RemoteFailure): RemoteRegistry {
  const fail = () => Promise.reject(new RemoteError(failure, failure));
  return { image: fail, tags: fail, blob: fail };
}

function local(repoDigests: string[]): LocalImage {
  return {
    id: ID,
    repoDigests,
    createdAt: '2026-01-01T00:00:00Z',
    sizeBytes: 1,
    architecture: 'amd64',
    author: '',
    config: {},
  };
}

const PULLED = [`org/app@${DIGEST}`];
const cases: [
  failure: RemoteFailure,
  repoDigests: string[] | undefined,
  reference: string | undefined,
][] = [
  ['unreachable', undefined, undefined],
  ['unreachable', PULLED, `docker.io/org/app@${DIGEST}`],
  ['unreachable', [], 'docker.io/org/app:1'],
  // What was pulled for somebody who may have it is not for everybody.
  ['unauthorized', PULLED, undefined],
  ['notFound', PULLED, undefined],
  ['unauthorized', [], 'docker.io/org/app:1'],
  ['notFound', [`other/app@${DIGEST}`], 'docker.io/org/app:1'],
  ['other', [], undefined],
];
test.each(cases)('%s, with digests %j on this machine', async (failure, repoDigests, reference) => {
  const now = new Date();
  const context = {
    registry: failing(failure),
    localImages: async () => repoDigests && local(repoDigests),
    now,
  };
  const options = { insecure: false, importMode: 'Legacy', now };
  const read = readAnywhere(context, parseImageReference('org/app:1'), options);
  if (reference === undefined) await expect(read).rejects.toThrow(RemoteError);
  else expect((await read).image.dockerImageReference).toBe(reference);
});
