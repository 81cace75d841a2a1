import { describe, expect, it } from 'vitest';
import type { ImageStream } from '../apis/image.openshift.io/v1/types.ts';
import { IMAGE_STREAMS } from '../apis/resource-types.ts';
import { newFakeClient } from '../client/fake/fake-client.ts';
import { DEFAULT_NEW_APP_OPTIONS } from './options.ts';
import { queryApps } from './query.ts';
import type { SourceProbe } from './source/source-probe.ts';

const probe = { isDirectory: async () => false } as unknown as SourceProbe;
const head = 'Image streams (oc new-app --image-stream=<image-stream> [--code=<source>])\n-----\n';

async function deps() {
  const client = newFakeClient();
  const add = (namespace: string, name: string, tags: readonly string[]) =>
    client.create(IMAGE_STREAMS, {
      apiVersion: 'image.openshift.io/v1',
      kind: 'ImageStream',
      metadata: { namespace, name },
      status: {
        dockerImageRepository: '',
        tags: tags.map((tag) => ({ tag, items: [{ image: `sha256:${tag}` }] })),
      },
    } as unknown as ImageStream);
  await add('p', 'empty', []);
  await add('p', 'php', ['latest', '7']);
  await add('openshift', 'phplib', ['latest']);
  return { client, probe };
}

describe('queryApps', () => {
  const options = { ...DEFAULT_NEW_APP_OPTIONS, namespace: 'p' };

  it('lists the streams of the project and the shared one, those without images last', async () => {
    expect(await queryApps(options, await deps(), 'list')).toBe(
      `${head}php\n  Project: p\n  Tags:    7, latest\nphplib\n  Project: openshift\n  Tags:    latest\nempty\n  Project: p\n  Tags:    <none>\n\n`,
    );
  });

  it('searches by the beginning of a name', async () => {
    const text = await queryApps({ ...options, args: ['phpl'] }, await deps(), 'search');
    expect(text).toBe(`${head}phplib\n  Project: openshift\n  Tags:    latest\n\n`);
  });

  it('refuses arguments of a list, and says when nothing matches', async () => {
    const named = { ...options, args: ['nosuch'] };
    await expect(queryApps(named, await deps(), 'list')).rejects.toThrow(
      "--list can't be used with arguments",
    );
    await expect(queryApps(named, await deps(), 'search')).rejects.toThrow('no matches found');
  });
});
