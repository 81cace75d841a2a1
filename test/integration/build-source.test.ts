import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BuildSpec } from '../../src/apis/build.openshift.io/v1/types.ts';
import { newDockerEngine } from '../../src/engine/docker/docker-engine.ts';
import { type BuildRunner, builderImages, newBuildRunner } from './support/build-runner.ts';
import { type GitServer, newGitServer } from './support/git-server.ts';

const engine = newDockerEngine();
let git: GitServer;
let runner: BuildRunner;
let commit: string;

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

function sourceBuild(image: string, repository: string, more: Partial<BuildSpec> = {}): BuildSpec {
  return {
    source: { type: 'Git', git: { uri: git.url(repository) } },
    strategy: {
      type: 'Source',
      sourceStrategy: { from: { kind: 'DockerImage', name: image } },
    },
    ...more,
  };
}

/** answer runs a command in a container of an image and answers what it printed. */
async function answer(image: string, command: readonly string[], user = '100500:0') {
  const name = `sampan-build-test-${Math.random().toString(16).slice(2)}`;
  const id = await engine.createContainer(name, { image, command, user, networkMode: 'none' });
  try {
    const streams = await engine.attach(id, { stdin: false, tty: false });
    await engine.startContainer(id);
    let text = '';
    for await (const { data } of streams.output) text += Buffer.from(data).toString();
    return text;
  } finally {
    await engine.removeContainer(id);
  }
}

beforeAll(async () => {
  await builderImages(engine, ['ruby', 'nodejs']);
  git = await newGitServer();
  commit = await git.add('ruby-app', fixture('ruby-app'));
  await git.add('node-app', fixture('node-app'));
  runner = await newBuildRunner(engine);
}, 600_000);

afterAll(async () => {
  await runner?.close();
  await git?.close();
  await engine.close();
});

describe('a source build', () => {
  it('turns a Ruby repository into an image in the registry', async () => {
    const { code, log, build, reference } = await runner.run(
      'ruby',
      sourceBuild('sampan/ruby:3.1', 'ruby-app'),
    );
    expect(log).toContain(
      `Cloning "${git.url('ruby-app')}" ...\n\tCommit:\t${commit} (Add ruby-app)`,
    );
    expect(log).toContain('---> Installing application source ...');
    expect(log).toMatch(/---> The gem source https:\/\/rubygems.org (answers|does not answer)/);
    expect(log).toContain('Push successful');
    expect(code).toBe(0);
    expect(build.spec?.revision?.git).toMatchObject({
      commit,
      message: 'Add ruby-app',
      author: { name: 'Ada Author', email: 'ada@example.com' },
    });
    expect(build.status?.stages?.map(({ name }) => name)).toEqual([
      'FetchInputs',
      'PullImages',
      'Assemble',
      'CommitContainer',
      'PushImage',
    ]);
    const image = await engine.inspectImage(reference);
    expect(build.status?.output?.to?.imageDigest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(image?.repoDigests.join()).toContain(build.status?.output?.to?.imageDigest);
    expect(image?.config).toMatchObject({
      user: '1001',
      command: ['/usr/libexec/s2i/run'],
      entrypoint: ['container-entrypoint'],
      workingDir: '/opt/app-root/src',
      exposedPorts: ['8080/tcp'],
    });
    expect(image?.config.env).toContain('OPENSHIFT_BUILD_NAME=ruby-1');
    expect(image?.config.labels).toMatchObject({
      'io.openshift.build.commit.id': commit,
      'io.openshift.build.name': 'ruby-1',
      'io.openshift.s2i.build.commit.id': commit,
      'io.openshift.s2i.build.source-location': git.url('ruby-app'),
    });
    const start =
      'timeout 20 /usr/libexec/s2i/run >/tmp/log 2>&1 & for i in $(seq 100); do ruby -rnet/http -e \'puts Net::HTTP.get(URI("http://127.0.0.1:8080/"))\' 2>/dev/null && break; sleep 0.1; done';
    expect(await answer(reference, ['bash', '-c', start])).toContain('Hello from Ruby');
  });

  it('gives the image nothing of what only the build may know', async () => {
    const { code, log, reference } = await runner.run(
      'quiet',
      sourceBuild('sampan/nodejs:20', 'node-app', {
        strategy: {
          type: 'Source',
          sourceStrategy: {
            from: { kind: 'DockerImage', name: 'sampan/nodejs:20' },
            env: [{ name: 'GREETING', value: 'and env' }],
          },
        },
      }),
      {
        settings: {
          buildEnvironment: { npm_config_registry: 'http://packages.invalid/', TOKEN: "it's" },
          caBundle: '/etc/ssl/certs/ca-certificates.crt',
        },
      },
    );
    expect(log).toContain('nothing to install');
    expect(code).toBe(0);
    const image = await engine.inspectImage(reference);
    expect(JSON.stringify(image)).not.toMatch(/packages.invalid|TOKEN|caBundle/);
    expect(image?.config.env).toContain('GREETING=and env');
    const left = await answer(reference, [
      'bash',
      '-c',
      'ls /tmp /dev/shm; grep -r TOKEN /tmp /opt/app-root /dev/shm; id -un; touch here',
    ]);
    expect(left).not.toMatch(/TOKEN|ca-bundle|src/);
    expect(left).toContain('default');
  });

  it.each([
    ['a branch', 'feature', 'feature'],
    ['a tag', 'v1', 'v1'],
    ['a short commit', undefined, 'short'],
  ])('builds %s', async (_what, ref, kind) => {
    if (kind === 'feature') await git.git('node-app', 'branch', '-f', 'feature');
    if (kind === 'v1') await git.git('node-app', 'tag', '-f', 'v1');
    const head = await git.git('node-app', 'rev-parse', 'HEAD');
    const wanted = ref ?? head.slice(0, 8);
    const spec = sourceBuild('sampan/nodejs:20', 'node-app', {
      source: { type: 'Git', git: { uri: git.url('node-app'), ref: wanted } },
    });
    const { code, log, build } = await runner.run(`ref-${kind}`, spec);
    expect(log).toContain(`Commit:\t${head}`);
    expect(code).toBe(0);
    expect(build.spec?.revision?.git?.commit).toBe(head);
  });

  it('names the branch that does not exist', async () => {
    const spec = sourceBuild('sampan/nodejs:20', 'node-app', {
      source: { type: 'Git', git: { uri: git.url('node-app'), ref: 'nowhere' } },
    });
    const { code, log, build } = await runner.run('no-branch', spec);
    expect(code).toBe(1);
    expect(log).toContain(`has no branch, tag or commit "nowhere"`);
    expect(build.status).toMatchObject({
      reason: 'FetchSourceFailed',
      message: 'Failed to fetch the input source.',
    });
    expect(build.status?.logSnippet).toContain('nowhere');
  });

  it('names the host that does not answer and the way out', async () => {
    const spec = sourceBuild('sampan/nodejs:20', 'node-app', {
      source: { type: 'Git', git: { uri: 'https://git.invalid/team/app.git' } },
    });
    const { code, log } = await runner.run('no-host', spec);
    expect(code).toBe(1);
    expect(log).toContain('the git host "git.invalid" did not answer');
    expect(log).toContain('- from: https://git.invalid/');
  });

  it('reads a repository from the copy that a rewrite names', async () => {
    const spec = sourceBuild('sampan/nodejs:20', 'node-app', {
      source: { type: 'Git', git: { uri: 'https://git.invalid/team/node-app' } },
    });
    const to = git.url('');
    const settings = { gitRewrites: [{ from: 'https://git.invalid/team/', to }] };
    const { code, log } = await runner.run('rewritten', spec, { settings });
    expect(log).toContain('Cloning "https://git.invalid/team/node-app" ...');
    expect(code).toBe(0);
  });

  it('names the context directory that does not exist', async () => {
    const spec = sourceBuild('sampan/nodejs:20', 'node-app', {
      source: { type: 'Git', git: { uri: git.url('node-app') }, contextDir: 'gone' },
    });
    const { code, log, build } = await runner.run('no-context', spec);
    expect(code).toBe(1);
    expect(log).toContain('no directory "gone"');
    expect(build.status?.reason).toBe('InvalidContextDirectory');
  });

  it('fails with the tail of the log when assemble fails, and pushes nothing', async () => {
    const script = '#!/bin/sh\necho before\necho this went wrong >&2\nexit 3\n';
    await git.add('broken', fixture('node-app'));
    await mkdir(`${git.worktree('broken')}/.s2i/bin`, { recursive: true });
    await writeFile(`${git.worktree('broken')}/.s2i/bin/assemble`, script);
    await git.git('broken', 'add', '-A');
    await git.git('broken', 'commit', '-qm', 'break');
    const { code, log, build, reference } = await runner.run(
      'broken',
      sourceBuild('sampan/nodejs:20', 'broken'),
    );
    expect(code).toBe(1);
    expect(log).toContain('this went wrong');
    expect(build.status).toMatchObject({
      reason: 'AssembleFailed',
      message: 'Assemble script failed.',
    });
    expect(build.status?.logSnippet).toContain('this went wrong');
    expect(await engine.inspectImage(reference)).toBeUndefined();
  });

  it('stops at once when it is cancelled and leaves no container', async () => {
    await git.add('slow', fixture('node-app'));
    await mkdir(`${git.worktree('slow')}/.s2i/bin`, { recursive: true });
    await writeFile(
      `${git.worktree('slow')}/.s2i/bin/assemble`,
      '#!/bin/sh\necho begun\nsleep 600\n',
    );
    await git.git('slow', 'add', '-A');
    await git.git('slow', 'commit', '-qm', 'slow');
    const controller = new AbortController();
    const { code, build } = await runner.run('slow', sourceBuild('sampan/nodejs:20', 'slow'), {
      signal: controller.signal,
      onOutput: (text) => {
        if (text.includes('begun')) controller.abort();
      },
    });
    expect(code).toBe(1);
    const names = (await engine.listContainers({})).map(({ name }) => name);
    expect(names).not.toContain(`sampan-s2i-${build.metadata.uid}`);
  });

  it('runs the post commit hook in the new image and fails when it fails', async () => {
    const hook = (script: string) => ({ postCommit: { script } });
    const good = await runner.run(
      'hook',
      sourceBuild('sampan/nodejs:20', 'node-app', hook('ls server.js; echo hooked')),
    );
    expect(good.log).toContain('hooked');
    expect(good.code).toBe(0);
    const bad = await runner.run(
      'bad-hook',
      sourceBuild('sampan/nodejs:20', 'node-app', hook('exit 7')),
    );
    expect(bad.code).toBe(1);
    expect(bad.build.status?.reason).toBe('PostCommitHookFailed');
    expect(await engine.inspectImage(bad.reference)).toBeUndefined();
  });
});
