import { execFile } from 'node:child_process';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Header, pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BuildSpec } from '../../src/apis/build.openshift.io/v1/types.ts';
import { newDockerEngine } from '../../src/engine/docker/docker-engine.ts';
import { type BuildRunner, builderImages, newBuildRunner } from './support/build-runner.ts';
import { type GitServer, newGitServer } from './support/git-server.ts';

const run = promisify(execFile);
const engine = newDockerEngine();
const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
let runner: BuildRunner;
let git: GitServer;
let directory: string;

const DOCKERFILE = `FROM scratch AS unused
FROM sampan/nodejs:20
ARG GREETING=none
ENV GREETING=$GREETING
COPY . /opt/app-root/src
RUN test ! -e secret.txt && echo "greeting is $GREETING, from $FROM_STRATEGY"
CMD ["node", "server.js"]
`;

beforeAll(async () => {
  await builderImages(engine, ['nodejs']);
  directory = await mkdtemp(join(tmpdir(), 'sampan-binary-'));
  git = await newGitServer();
  runner = await newBuildRunner(engine);
  await git.add('dockerised', fixture('node-app'));
  const tree = git.worktree('dockerised');
  await writeFile(join(tree, 'Dockerfile'), DOCKERFILE);
  await writeFile(join(tree, '.dockerignore'), '*.txt\n!kept.txt\n');
  await writeFile(join(tree, 'secret.txt'), 'no');
  await git.git('dockerised', 'add', '-A', '-f');
  await git.git('dockerised', 'commit', '-qm', 'dockerise');
}, 600_000);

afterAll(async () => {
  await runner?.close();
  await git?.close();
  await engine.close();
  await rm(directory, { recursive: true, force: true });
});

function dockerBuild(more: BuildSpec['strategy']['dockerStrategy'] = {}): BuildSpec {
  return {
    source: { type: 'Git', git: { uri: git.url('dockerised') } },
    strategy: { type: 'Docker', dockerStrategy: more },
  };
}

describe('a docker build', () => {
  it("builds the repository's Dockerfile with arguments, variables and labels", async () => {
    const spec = dockerBuild({
      buildArgs: [{ name: 'GREETING', value: 'hello' }],
      env: [{ name: 'FROM_STRATEGY', value: 'the strategy' }],
    });
    const { code, log, build, reference } = await runner.run('docker', spec);
    expect(log).toContain('greeting is hello, from the strategy');
    expect(log).toContain('Push successful');
    expect(code).toBe(0);
    expect(build.status?.stages?.map(({ name }) => name)).toEqual([
      'FetchInputs',
      'PullImages',
      'Build',
      'PushImage',
    ]);
    const image = await engine.inspectImage(reference);
    expect(image?.config.command).toEqual(['node', 'server.js']);
    expect(image?.config.env).toContain('OPENSHIFT_BUILD_NAME=docker-1');
    expect(image?.config.labels).toMatchObject({
      'io.openshift.build.name': 'docker-1',
      'io.openshift.build.commit.message': 'dockerise',
    });
  });

  it('fails with the output of the instruction that failed', async () => {
    const spec: BuildSpec = {
      source: { dockerfile: 'FROM sampan/nodejs:20\nRUN echo this breaks && exit 9\n' },
      strategy: { type: 'Docker', dockerStrategy: {} },
    };
    const { code, log, build } = await runner.run('docker-bad', spec);
    expect(code).toBe(1);
    expect(log).toContain('this breaks');
    expect(build.status).toMatchObject({
      phase: 'Failed',
      reason: 'DockerBuildFailed',
      message: 'Docker build strategy has failed.',
    });
  });

  it('names the Dockerfile and the image that do not exist', async () => {
    const missing = await runner.run(
      'no-file',
      dockerBuild({ dockerfilePath: 'sub/Containerfile' }),
    );
    expect(missing.log).toContain('has no file "sub/Containerfile"');
    expect(missing.build.status?.reason).toBe('ManageDockerfileFailed');
    const from = { kind: 'DockerImage', name: '127.0.0.1:1/nobody/nothing:1' };
    const image = await runner.run('no-image', dockerBuild({ from }));
    expect(image.log).toContain('the image "127.0.0.1:1/nobody/nothing:1" could not be pulled');
    expect(image.build.status?.reason).toBe('PullBuilderImageFailed');
  });
});

function binaryBuild(binary: { asFile?: string } = {}): BuildSpec {
  return {
    source: { type: 'Binary', binary },
    strategy: {
      type: 'Source',
      sourceStrategy: { from: { kind: 'DockerImage', name: 'sampan/nodejs:20' } },
    },
  };
}

function tarOf(entries: readonly (Partial<Header> & { name: string })[]): Readable {
  const tar = pack();
  for (const entry of entries) tar.entry({ mode: 0o644, ...entry }, entry.type ? '' : 'text');
  tar.finalize();
  return Readable.from(tar);
}

describe('a binary build', () => {
  // Build pods have unzip; this machine may not.
  const hasZip = ['unzip', 'python3'].every((name) => existsSync(`/usr/bin/${name}`));
  const kinds = hasZip ? ['tar', 'tar.gz', 'zip'] : ['tar', 'tar.gz'];
  it.each(kinds)('takes a %s', async (kind) => {
    const file = join(directory, `app.${kind}`);
    const app = fixture('node-app');
    if (kind === 'zip') {
      const script =
        "import sys,zipfile,os\nz=zipfile.ZipFile(sys.argv[1],'w')\n[z.write(os.path.join(sys.argv[2],n),n) for n in os.listdir(sys.argv[2])]\nz.close()";
      await run('python3', ['-c', script, file, app]);
    } else {
      await run('tar', [kind === 'tar' ? 'cf' : 'czf', file, '-C', app, '.']);
    }
    const input = createReadStream(file);
    const { code, log } = await runner.run(`bin-${kind.replace('.', '-')}`, binaryBuild(), {
      input,
    });
    expect(log).toContain('Receiving source from STDIN as archive ...');
    expect(log).toContain('Push successful');
    expect(code).toBe(0);
  });

  it('takes one file under the name that it is given', async () => {
    const input = Readable.from([Buffer.from("require('node:http')\n")]);
    const spec = binaryBuild({ asFile: 'server.js' });
    const { code, log } = await runner.run('bin-file', spec, { input });
    expect(log).toContain('Receiving source from STDIN as file server.js');
    expect(code).toBe(0);
  });

  it.each([
    ['a path that leads out', [{ name: '../../etc/x' }], 'leads out of the source directory'],
    ['an absolute path', [{ name: '/etc/x' }], '"/etc/x" is an absolute path'],
    [
      'an absolute link',
      [{ name: 'passwd', type: 'symlink' as const, linkname: '/etc/passwd' }],
      'points to the absolute path "/etc/passwd"',
    ],
    ['a device', [{ name: 'dev', type: 'character-device' as const }], 'is a character-device'],
  ])('refuses %s', async (what, entries, text) => {
    const input = tarOf(entries);
    const name = `bad-${what.replaceAll(' ', '-')}`;
    const { code, log, build } = await runner.run(name, binaryBuild(), { input });
    expect(code).toBe(1);
    expect(log).toContain(text);
    expect(build.status?.reason).toBe('FetchSourceFailed');
  });

  it('says what is wrong with an upload that is empty or broken off', async () => {
    const empty = await runner.run('bin-empty', binaryBuild());
    expect(empty.log).toContain('nothing was uploaded');
    const file = join(directory, 'cut.tar.gz');
    await mkdir(join(directory, 'big'));
    await writeFile(join(directory, 'big', 'data'), Buffer.alloc(300_000, 'abcdefg'));
    await run('tar', ['czf', file, '-C', join(directory, 'big'), '.']);
    const input = createReadStream(file, { end: 300 });
    const cut = await runner.run('bin-cut', binaryBuild(), { input });
    expect(cut.code).toBe(1);
    expect(cut.log).toContain('the uploaded archive cannot be read');
  });
});
