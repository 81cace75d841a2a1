import { describe, expect, it } from 'vitest';
import { IMAGE_STREAM_IMAGES, IMAGE_STREAMS } from '../apis/resource-types.ts';
import { newFakeClient } from '../client/fake/fake-client.ts';
import type { KubeObject } from '../machinery/object.ts';
import { planNewApp } from './new-app.ts';
import { DEFAULT_NEW_APP_OPTIONS, type NewAppOptions } from './options.ts';
import { looksRemote, splitRef } from './source/git-url.ts';
import type { RemoteState, SourceContent, SourceProbe } from './source/source-probe.ts';

const NOW = new Date('2026-11-22T13:30:00Z');
const RUBY_EX = 'https://github.com/openshift/ruby-ex.git';

const METADATA = {
  Id: 'sha256:3f09f51aaaaa',
  Created: '2023-11-01T00:00:00Z',
  Config: {
    User: '1001',
    ExposedPorts: { '8080/tcp': {} },
    Labels: {
      'io.k8s.display-name': 'Ruby 3.1',
      'io.k8s.description': 'Ruby 3.1 builder',
      'io.openshift.tags': 'builder,ruby,ruby31',
      'io.openshift.s2i.scripts-url': 'image:///usr/libexec/s2i',
    },
  },
};

/** probeOf fakes a disk and git hosts: directories and repositories with their files. */
function probeOf(
  contents: Record<string, SourceContent>,
  remotes: Record<string, RemoteState> = {},
): SourceProbe {
  return {
    isDirectory: async (text) => !looksRemote(text) && text in contents,
    locate: async (text) => ({
      text,
      kind: looksRemote(text) ? 'git' : 'directory',
      ...splitRef(text),
    }),
    checkRemote: async ({ url }) => remotes[url] ?? { state: 'found' },
    read: async ({ url }) => contents[url] ?? { files: [], dockerfile: undefined },
    repositoryOf: async ({ url }) =>
      url.includes('plain') ? undefined : { remoteUrl: RUBY_EX, branch: 'main', prefix: 'sub' },
  };
}

function clusterWithRuby() {
  const client = newFakeClient();
  const metadata = { name: 'ruby', namespace: 'openshift' };
  client.add(IMAGE_STREAMS, {
    apiVersion: 'image.openshift.io/v1',
    kind: 'ImageStream',
    metadata,
    spec: {
      tags: [{ name: '3.1', annotations: { supports: 'ruby:3.1,ruby', tags: 'builder,ruby' } }],
    },
    status: {
      dockerImageRepository: '',
      tags: ['latest', '3.1'].map((tag) => ({
        tag,
        items: [{ created: '', dockerImageReference: 'r', generation: 1, image: 'sha256:abc' }],
      })),
    },
  });
  client.add(IMAGE_STREAM_IMAGES, {
    apiVersion: 'image.openshift.io/v1',
    kind: 'ImageStreamImage',
    metadata: { name: 'ruby@sha256:abc', namespace: 'openshift' },
    image: {
      apiVersion: 'image.openshift.io/v1',
      kind: 'Image',
      metadata: { name: 'sha256:abc' },
      dockerImageMetadata: METADATA,
    },
  });
  return client;
}

const REGISTRY: Record<string, object> = {
  'centos/ruby-22-centos7': METADATA,
  'mysql:8.0': {
    Id: 'sha256:47eedb1ffff',
    Created: '2023-11-01T00:00:00Z',
    Config: { ExposedPorts: { '3306/tcp': {} }, Volumes: { '/var/lib/mysql': {} } },
  },
};

async function plan(more: Partial<NewAppOptions>, probe = probeOf({})) {
  const client = clusterWithRuby();
  client.react((action) => {
    if (action.resource !== 'imagestreamimports') return undefined;
    const { spec } = action.body as { spec: { images: { from: { name: string } }[] } };
    const name = spec.images[0]?.from.name ?? '';
    const found = REGISTRY[name];
    const status = { status: 'Failure', reason: 'InternalError', message: 'dial tcp: no route' };
    const images = [
      found
        ? { status: {}, image: { metadata: { name: 'sha256:x' }, dockerImageMetadata: found } }
        : { status },
    ];
    return { kind: 'ImageStreamImport', metadata: {}, status: { images } } as unknown as KubeObject;
  });
  const options = { ...DEFAULT_NEW_APP_OPTIONS, namespace: 'p1', ...more };
  return planNewApp(options, { client, probe, now: NOW, newSecret: () => 'secret' });
}

const summary = (objects: readonly KubeObject[]) =>
  objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`);

describe('planNewApp', () => {
  it('makes the transcript: a builder image from Docker Hub and a git repository', async () => {
    const { objects, description, name } = await plan({
      args: [`centos/ruby-22-centos7~${RUBY_EX}`],
    });
    expect(name).toBe('ruby-ex');
    expect(summary(objects)).toEqual([
      'ImageStream/ruby-22-centos7',
      'ImageStream/ruby-ex',
      'BuildConfig/ruby-ex',
      'DeploymentConfig/ruby-ex',
      'Service/ruby-ex',
    ]);
    expect(
      description,
    ).toBe(`--> Found container image 3f09f51 (3 years old) from Docker Hub for "centos/ruby-22-centos7"

    Ruby 3.1 
    -------- 
    Ruby 3.1 builder

    Tags: builder, ruby, ruby31

    * An image stream tag will be created as "ruby-22-centos7:latest" that will track the source image
    * A source build using source code from ${RUBY_EX} will be created
      * The resulting image will be pushed to image stream tag "ruby-ex:latest"
      * Every time "ruby-22-centos7:latest" changes a new build will be triggered
    * This image will be deployed in deployment config "ruby-ex"
    * Port 8080/tcp will be load balanced by service "ruby-ex"
      * Other containers can access this service through the hostname "ruby-ex"

`);
    expect(objects[2]).toMatchObject({
      metadata: {
        labels: {
          app: 'ruby-ex',
          'app.kubernetes.io/component': 'ruby-ex',
          'app.kubernetes.io/instance': 'ruby-ex',
        },
        annotations: { 'openshift.io/generated-by': 'OpenShiftNewApp' },
      },
      spec: {
        source: { type: 'Git', git: { uri: RUBY_EX } },
        strategy: {
          type: 'Source',
          sourceStrategy: { from: { kind: 'ImageStreamTag', name: 'ruby-22-centos7:latest' } },
        },
        output: { to: { kind: 'ImageStreamTag', name: 'ruby-ex:latest' } },
        triggers: [
          { type: 'GitHub', github: { secret: 'secret' } },
          { type: 'Generic', generic: { secret: 'secret' } },
          { type: 'ConfigChange' },
          { type: 'ImageChange', imageChange: {} },
        ],
      },
    });
    expect(objects[3]).toMatchObject({
      spec: {
        replicas: 1,
        selector: { deploymentconfig: 'ruby-ex' },
        template: {
          metadata: { labels: { deploymentconfig: 'ruby-ex' } },
          spec: {
            containers: [
              {
                name: 'ruby-ex',
                image: 'ruby-ex:latest',
                ports: [{ containerPort: 8080, protocol: 'TCP' }],
              },
            ],
          },
        },
        triggers: [
          { type: 'ConfigChange' },
          {
            type: 'ImageChange',
            imageChangeParams: {
              automatic: true,
              containerNames: ['ruby-ex'],
              from: { kind: 'ImageStreamTag', name: 'ruby-ex:latest' },
            },
          },
        ],
      },
    });
    expect(objects[4]).toMatchObject({
      spec: {
        selector: { deploymentconfig: 'ruby-ex' },
        ports: [{ name: '8080-tcp', port: 8080, protocol: 'TCP', targetPort: 8080 }],
      },
    });
  });

  it('finds out the language of a repository and takes the builder of the shared project', async () => {
    const probe = probeOf({
      [RUBY_EX]: { files: ['Gemfile', 'config.ru'], dockerfile: undefined },
    });
    const { description, objects } = await plan(
      { args: [`${RUBY_EX}#beta`], contextDir: 'web' },
      probe,
    );
    expect(description).toContain(
      '--> Found image 3f09f51 (3 years old) in image stream "openshift/ruby" under tag "latest" for "ruby"\n',
    );
    expect(description).toContain('    * The source repository appears to match: ruby\n');
    expect(description).toContain("      * Use 'oc start-build' to trigger a new build\n");
    expect(objects[1]).toMatchObject({
      spec: {
        source: { git: { uri: RUBY_EX, ref: 'beta' }, contextDir: 'web' },
        strategy: {
          sourceStrategy: {
            from: { kind: 'ImageStreamTag', name: 'ruby:latest', namespace: 'openshift' },
          },
        },
      },
    });
  });

  it('builds a repository with a Dockerfile by Docker, with the ports that it exposes', async () => {
    const dockerfile = 'FROM ruby:3.1 AS a\nRUN x\nFROM mysql:8.0\nEXPOSE 9000 9001/udp\n';
    const probe = probeOf({ [RUBY_EX]: { files: ['Dockerfile'], dockerfile } });
    const { description, objects } = await plan({ args: [RUBY_EX] }, probe);
    expect(description).toContain(`* A docker build using source code from ${RUBY_EX}`);
    expect(objects.find(({ kind }) => kind === 'Service')).toMatchObject({
      spec: { ports: [{ name: '9000-tcp' }, { name: '9001-udp', protocol: 'UDP' }] },
    });
  });

  it('uploads a directory that no git host knows', async () => {
    const probe = probeOf({ './plain': { files: ['Gemfile'], dockerfile: undefined } });
    const { objects, warnings } = await plan({ args: ['ruby:3.1~./plain'], name: 'web' }, probe);
    expect(warnings).toEqual(['Cannot check if git requires authentication.']);
    const config = objects.find(({ kind }) => kind === 'BuildConfig');
    expect(config).toMatchObject({ spec: { source: { type: 'Binary', binary: {} } } });
    expect((config as unknown as { spec: { triggers: object[] } }).spec.triggers).toHaveLength(2);
  });

  it('builds a work tree from its remote', async () => {
    const probe = probeOf({ './tree': { files: ['Gemfile'], dockerfile: undefined } });
    const { objects, description } = await plan({ args: ['ruby:3.1~./tree'] }, probe);
    expect(description).toContain('* A source build using uploaded code will be created');
    expect(objects.find(({ kind }) => kind === 'BuildConfig')).toMatchObject({
      metadata: { name: 'ruby-ex' },
      spec: { source: { git: { uri: RUBY_EX, ref: 'main' }, contextDir: 'sub' } },
    });
  });

  it('deploys an image with variables, volumes and labels', async () => {
    const { objects, description } = await plan({
      args: ['mysql:8.0', 'MYSQL_USER=u'],
      name: 'db',
      labels: { tier: 'data' },
    });
    expect(description).toContain(
      '    * An image stream tag will be created as "db:8.0" that will track this image\n',
    );
    expect(
      description,
    ).toContain(`    * This image declares volumes and will default to use non-persistent, host-local storage.
      You can add persistent volumes later by running 'oc set volume dc/db --add ...'
    * WARNING: Image "mysql:8.0" runs as the 'root' user which may not be permitted by your cluster administrator
`);
    expect(objects[0]).toMatchObject({
      kind: 'ImageStream',
      metadata: { labels: { tier: 'data', app: 'db' } },
      spec: { tags: [{ name: '8.0', from: { kind: 'DockerImage', name: 'mysql:8.0' } }] },
    });
    expect(objects[1]).toMatchObject({
      spec: {
        selector: { deploymentconfig: 'db', tier: 'data' },
        template: {
          spec: {
            containers: [
              {
                env: [{ name: 'MYSQL_USER', value: 'u' }],
                volumeMounts: [{ mountPath: '/var/lib/mysql', name: 'db-volume-1' }],
              },
            ],
            volumes: [{ name: 'db-volume-1', emptyDir: {} }],
          },
        },
      },
    });
  });

  it('puts grouped images into one deployment', async () => {
    const { objects } = await plan({ args: ['mysql:8.0+ruby:3.1'] });
    const deployments = objects.filter(({ kind }) => kind === 'DeploymentConfig');
    expect(deployments).toMatchObject([
      { metadata: { name: 'mysql' }, spec: { template: { spec: { containers: [{}, {}] } } } },
    ]);
  });

  it('makes a Deployment with an image trigger when asked to', async () => {
    const { objects } = await plan({ args: ['mysql:8.0'], asDeploymentConfig: false });
    expect(objects[1]).toMatchObject({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {
        annotations: {
          'image.openshift.io/triggers': expect.stringContaining('"name":"mysql:8.0"'),
        },
      },
    });
  });

  it('makes only a build for new-build', async () => {
    const { objects } = await plan({
      args: [`ruby:3.1~${RUBY_EX}`],
      buildOnly: true,
      to: 'out:v1',
    });
    expect(summary(objects)).toEqual(['ImageStream/out', 'BuildConfig/ruby-ex']);
    expect(objects[1]).toMatchObject({ metadata: { labels: { build: 'ruby-ex' } } });
  });

  it.each<[string, Partial<NewAppOptions>, string]>([
    ['nothing', {}, 'You must specify one or more images'],
    [
      'an unknown image',
      { args: ['no/such'] },
      'The registry "docker.io" did not serve it: dial tcp: no route',
    ],
    ['an unknown tag', { args: ['ruby:9'] }, 'multiple images or templates matched "ruby:9": 2'],
    ['a bad name', { args: ['mysql:8.0'], name: 'Bad_Name' }, 'invalid name: Bad_Name.'],
    [
      'a name for two components',
      { args: ['mysql:8.0', 'ruby:3.1'], name: 'x' },
      'only one component or source repository can be used when specifying a name',
    ],
    [
      'code for an image that is no builder',
      { args: [`mysql:8.0~${RUBY_EX}`] },
      'does not appear to be a source-to-image builder.',
    ],
    [
      'code without a language',
      { args: [RUBY_EX] },
      `no language was detected for repository at "${RUBY_EX}"`,
    ],
    [
      'a builder without code',
      { args: ['ruby:3.1'], buildOnly: true },
      'you must specify at least one source',
    ],
  ])('refuses %s', async (_, options, message) => {
    await expect(plan(options)).rejects.toThrow(message);
  });

  it('names the host and the way out when a repository cannot be read', async () => {
    const probe = probeOf(
      {},
      { [RUBY_EX]: { state: 'unreachable', reason: 'Could not resolve host' } },
    );
    const failure = plan({ args: [`ruby:3.1~${RUBY_EX}`] }, probe);
    await expect(failure).rejects.toThrow('The git host "github.com" did not serve it.');
    await expect(failure).rejects.toThrow('gitRewrites:');
  });

  it('names the branches when a branch does not exist', async () => {
    const probe = probeOf({}, { [RUBY_EX]: { state: 'no-such-ref', refs: ['main', 'dev'] } });
    await expect(plan({ args: [`ruby:3.1~${RUBY_EX}#x`] }, probe)).rejects.toThrow(
      'has no branch or tag "x" (it has: main, dev)',
    );
  });
});
