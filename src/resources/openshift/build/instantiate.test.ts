import { beforeEach, describe, expect, it } from 'vitest';
import { defaultBuildConfig } from '../../../apis/build.openshift.io/v1/defaults.ts';
import type { BuildConfig, BuildRequest } from '../../../apis/build.openshift.io/v1/types.ts';
import { BUILD_CONFIGS, BUILDS, IMAGE_STREAMS } from '../../../apis/resource-types.ts';
import type { ConnectRequest, RequestContext } from '../../../apiserver/resource-definition.ts';
import { type FakeClient, newFakeClient } from '../../../client/fake/fake-client.ts';
import { clone } from './clone.ts';
import { instantiate } from './instantiate.ts';
import { webhook } from './webhooks.ts';

const REGISTRY = 'image-registry.openshift-image-registry.svc:5000';
const RUBY = `${REGISTRY}/openshift/ruby@sha256:${'1'.repeat(64)}`;
let client: FakeClient;

const context: RequestContext = {
  user: { name: 'alice', groups: [] },
  namespace: 'p',
  dryRun: false,
  fieldManager: 'oc',
  now: new Date('2026-01-01T00:00:00Z'),
  signal: new AbortController().signal,
  warn: () => undefined,
  annotate: () => undefined,
};

function request(more: Partial<BuildRequest> = {}): BuildRequest {
  return {
    apiVersion: 'build.openshift.io/v1',
    kind: 'BuildRequest',
    metadata: { name: 'app' },
    ...more,
  };
}

function config(): BuildConfig {
  const draft: BuildConfig = {
    apiVersion: 'build.openshift.io/v1',
    kind: 'BuildConfig',
    metadata: { name: 'app', namespace: 'p', labels: { app: 'app' } },
    spec: {
      source: { git: { uri: 'https://git.example/app.git' } },
      strategy: {
        sourceStrategy: {
          from: { kind: 'ImageStreamTag', name: 'ruby:3.1', namespace: 'openshift' },
          env: [{ name: 'A', value: '1' }],
        },
      },
      output: { to: { kind: 'ImageStreamTag', name: 'app:latest' } },
      triggers: [
        { type: 'ConfigChange' },
        { type: 'ImageChange', imageChange: {} },
        { type: 'GitHub', github: { secret: 's3cret' } },
        { type: 'Generic', generic: { secret: 's3cret', allowEnv: true } },
      ],
    },
  };
  defaultBuildConfig(draft);
  return draft;
}

beforeEach(async () => {
  client = newFakeClient({ statusResources: [] });
  await client.create(BUILD_CONFIGS, config());
  await client.create(IMAGE_STREAMS, {
    apiVersion: 'image.openshift.io/v1',
    kind: 'ImageStream',
    metadata: { name: 'ruby', namespace: 'openshift' },
    spec: {},
    status: {
      dockerImageRepository: `${REGISTRY}/openshift/ruby`,
      tags: [
        {
          tag: '3.1',
          items: [
            {
              created: '2026-01-01T00:00:00Z',
              dockerImageReference: RUBY,
              generation: 1,
              image: `sha256:${'1'.repeat(64)}`,
            },
          ],
        },
      ],
    },
  });
});

const getConfig = () => client.get(BUILD_CONFIGS, { namespace: 'p', name: 'app' });

describe('instantiate', () => {
  it('makes numbered builds that lead back to their config, with images resolved', async () => {
    const first = await instantiate(client, 'app', request(), context);
    const second = await instantiate(client, 'app', request(), context);
    expect([first.metadata.name, second.metadata.name]).toEqual(['app-1', 'app-2']);
    expect(second.metadata).toMatchObject({
      labels: {
        app: 'app',
        buildconfig: 'app',
        'openshift.io/build-config.name': 'app',
        'openshift.io/build.start-policy': 'Serial',
      },
      annotations: {
        'openshift.io/build-config.name': 'app',
        'openshift.io/build.number': '2',
      },
    });
    expect(second.spec).toMatchObject({
      serviceAccount: 'builder',
      strategy: { sourceStrategy: { from: { kind: 'DockerImage', name: RUBY } } },
      triggeredBy: [{ message: 'Manually triggered' }],
    });
    expect(second.spec).not.toHaveProperty('triggers');
    const { status } = await getConfig();
    expect(status?.lastVersion).toBe(2);
    expect(status?.imageChangeTriggers).toEqual([
      { from: { namespace: 'openshift', name: 'ruby:3.1' }, lastTriggeredImageID: RUBY },
    ]);
  });

  it('takes variables, options and an upload from the request', async () => {
    const { spec } = await instantiate(
      client,
      'app',
      request({
        env: [
          { name: 'A', value: '2' },
          { name: 'B', value: '3' },
        ],
        sourceStrategyOptions: { incremental: true },
        binary: { asFile: 'a.war' },
      }),
      context,
    );
    expect(spec?.strategy.sourceStrategy).toMatchObject({
      incremental: true,
      env: [
        { name: 'A', value: '2' },
        { name: 'B', value: '3' },
      ],
    });
    expect(spec?.source).toEqual({ type: 'Binary', binary: { asFile: 'a.war' } });
  });

  it.each([
    ['a config that does not exist', 'none', request({ metadata: {} }), 403, 'is forbidden: '],
    ['an outdated version', 'app', request({ lastVersion: 7 }), 400, 'does not match the build'],
    [
      'options of another strategy',
      'app',
      request({ dockerStrategyOptions: { noCache: true } }),
      400,
      'Cannot specify Docker build specific options on p/app, not a Docker build.',
    ],
  ])('refuses %s', async (_what, name, asked, code, text) => {
    const failure = instantiate(client, name, asked, context);
    await expect(failure).rejects.toMatchObject({ code });
    await expect(failure).rejects.toThrow(text);
    expect((await client.list(BUILDS)).items).toEqual([]);
  });

  it('says which image cannot be resolved', async () => {
    await client.delete(IMAGE_STREAMS, { namespace: 'openshift', name: 'ruby' });
    await expect(instantiate(client, 'app', request(), context)).rejects.toThrow(
      'Error resolving ImageStreamTag ruby:3.1 in namespace openshift: imagestreams.image.openshift.io "ruby" not found',
    );
  });

  it('gives one image one build, however often it is announced', async () => {
    const triggered = request({
      from: { kind: 'ImageStreamTag', namespace: 'openshift', name: 'ruby:3.1' },
      triggeredByImage: { kind: 'DockerImage', name: RUBY },
      triggeredBy: [{ message: 'Image change' }],
    });
    await instantiate(client, 'app', triggered, context);
    await expect(instantiate(client, 'app', triggered, context)).rejects.toThrow(
      'has already instantiated a build for imageid',
    );
  });
});

describe('clone', () => {
  it('repeats a build under the next number', async () => {
    await instantiate(client, 'app', request(), context);
    const copy = await clone(client, 'app-1', request({ metadata: { name: 'app-1' } }), context);
    expect(copy.metadata.name).toBe('app-2');
    expect(copy.metadata.annotations).toMatchObject({
      'openshift.io/build.clone-of': 'app-1',
      'openshift.io/build.number': '2',
    });
  });
});

describe('webhook', () => {
  function call(path: string, body: object | undefined, headers = {}): ConnectRequest {
    return {
      name: 'app',
      method: 'POST',
      subpath: path,
      query: new URLSearchParams(),
      headers,
      body: (async function* () {
        if (body) yield Buffer.from(JSON.stringify(body));
      })(),
    };
  }
  const push = (ref: string) => ({
    ref,
    head_commit: {
      id: 'abc',
      message: 'change',
      author: { name: 'a', email: 'a@b' },
      committer: { name: 'a', email: 'a@b' },
    },
  });
  const builds = async () => (await client.list(BUILDS, { namespace: 'p' })).items;

  it('builds what was pushed to the branch of the config, and nothing else', async () => {
    const headers = { 'x-github-event': 'push' };
    await webhook(client, call('/s3cret/github', push('refs/heads/other'), headers), context);
    expect(await builds()).toHaveLength(0);
    await webhook(client, call('/s3cret/github', push('refs/heads/master'), headers), context);
    const [build] = await builds();
    expect(build?.spec?.revision?.git?.commit).toBe('abc');
    expect(build?.spec?.triggeredBy?.[0]?.message).toBe('GitHub WebHook');
  });

  it('takes variables where the trigger allows them', async () => {
    const body = { env: [{ name: 'B', value: 'x' }] };
    await webhook(client, call('/s3cret/generic', body), context);
    const [build] = await builds();
    expect(build?.spec?.strategy.sourceStrategy?.env).toContainEqual({ name: 'B', value: 'x' });
  });

  it('tells a wrong secret and a missing config alike', async () => {
    const refused = { code: 401 };
    await expect(webhook(client, call('/wrong/generic', {}), context)).rejects.toMatchObject(
      refused,
    );
    const other = { ...call('/s3cret/generic', {}), name: 'none' };
    await expect(webhook(client, other, context)).rejects.toMatchObject(refused);
  });
});
