import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import type { StageInfo } from '../src/apis/build.openshift.io/v1/types.ts';
import { newDockerEngine } from '../src/engine/docker/docker-engine.ts';
import { builderImages, newBuildRunner } from '../test/integration/support/build-runner.ts';
import { newGitServer } from '../test/integration/support/git-server.ts';
import { elapsedMs, median, type Result, type Row } from './load/figures.ts';

const RUNS = 5;

/** bareAssemble is what no platform can beat: the script alone, in a container of the builder. */
async function bareAssemble(folder: string): Promise<number> {
  const times: number[] = [];
  const script =
    'cp -a /mnt /tmp/src && begin=$(date +%s%N) && /usr/libexec/s2i/assemble >/dev/null && end=$(date +%s%N) && echo $(((end-begin)/1000000))';
  for (let run = 0; run < RUNS; run += 1) {
    const args = [
      'run',
      '--rm',
      '-v',
      `${folder}:/mnt:ro`,
      'sampan/ruby:3.1',
      'bash',
      '-c',
      script,
    ];
    const { stdout } = await promisify(execFile)('docker', args);
    times.push(Number(stdout.trim()));
  }
  return median(times);
}

function stageMs(stages: readonly StageInfo[] | undefined, name: string): number {
  return stages?.find((one) => one.name === name)?.durationMilliseconds ?? 0;
}

/** run measures source-to-image builds of a small Ruby application against the assemble script alone. */
export async function run(): Promise<Result> {
  const engine = newDockerEngine();
  await builderImages(engine, ['ruby'], resolve('images'));
  const cachedMs = await elapsedMs(() => builderImages(engine, ['ruby'], resolve('images')));
  const git = await newGitServer();
  const folder = resolve('test/fixtures/ruby-app');
  await git.add('ruby-app', folder);
  const runner = await newBuildRunner(engine);
  try {
    const totals: number[] = [];
    const stages = new Map<string, number[]>();
    for (let count = 0; count <= RUNS; count += 1) {
      const began = performance.now();
      const { code, log, build } = await runner.run(`bench-${count}`, {
        source: { type: 'Git', git: { uri: git.url('ruby-app') } },
        strategy: {
          type: 'Source',
          sourceStrategy: { from: { kind: 'DockerImage', name: 'sampan/ruby:3.1' } },
        },
      });
      if (code !== 0) throw new Error(`the build failed:\n${log}`);
      // The first one also pushes the builder's own layers.
      if (count === 0) continue;
      totals.push(performance.now() - began);
      for (const name of ['FetchInputs', 'Assemble', 'CommitContainer', 'PushImage']) {
        const times = stages.get(name) ?? [];
        stages.set(name, [...times, stageMs(build.status?.stages, name)]);
      }
    }
    const assembleMs = await bareAssemble(folder);
    const rows: Row[] = [
      { work: 'assemble script alone, Ruby', value: assembleMs, unit: 'ms' },
      { work: 'git to image in the registry', value: median(totals), unit: 'ms' },
      ...[...stages].map(([name, times]) => ({
        work: `  ${name}`,
        value: median(times),
        unit: 'ms',
      })),
      { work: 'builder image that is there', value: cachedMs, unit: 'ms' },
    ];
    return { name: 'build', rows };
  } finally {
    await runner.close();
    await git.close();
    await engine.close();
  }
}
