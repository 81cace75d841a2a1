import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Build, BuildSpec } from '../../../src/apis/build.openshift.io/v1/types.ts';
import { BUILDS } from '../../../src/apis/resource-types.ts';
import { runBuildPod } from '../../../src/build/build-pod.ts';
import type { BuildSettings } from '../../../src/build/build-settings.ts';
import { ensureBuilderImages } from '../../../src/build/images/builder-images.ts';
import { newFakeClient } from '../../../src/client/fake/fake-client.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import {
  newRegistryFixture,
  type RegistryFixture,
} from '../../../src/registry/fake/registry-fixture.ts';

/** INTERNAL is the name of the integrated registry in API objects. */
const INTERNAL = 'image-registry.openshift-image-registry.svc:5000';

/** BuildOutcome is what a build left behind. */
export interface BuildOutcome {
  readonly code: number;
  readonly log: string;
  readonly build: Build;
  /** The output as the engine names it. */
  readonly reference: string;
}

/** RunOptions change how one build runs. */
export interface RunOptions {
  readonly input?: AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal;
  readonly settings?: Partial<BuildSettings>;
  onOutput?(text: string): void;
}

/** BuildRunner runs builds on a real engine against a real registry and an API in memory. */
export interface BuildRunner {
  readonly registry: RegistryFixture;
  run(name: string, spec: BuildSpec, options?: RunOptions): Promise<BuildOutcome>;
  close(): Promise<void>;
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** builderImages makes sure of builder images; the first time takes a minute or two. */
export function builderImages(
  engine: Engine,
  names: readonly string[],
  recipesDirectory = fileURLToPath(new URL('../../../images', import.meta.url)),
) {
  return ensureBuilderImages({
    engine,
    names,
    recipesDirectory,
    cacheDirectory: join(tmpdir(), 'sampan-image-cache'),
  });
}

/** newBuildRunner starts a registry and answers a runner. */
export async function newBuildRunner(engine: Engine): Promise<BuildRunner> {
  const registry = await newRegistryFixture();
  const directory = await mkdtemp(join(tmpdir(), 'sampan-build-test-'));
  const client = newFakeClient();
  const entry = { auth: Buffer.from('user:alice-token').toString('base64') };
  await writeFile(join(directory, '.dockercfg'), JSON.stringify({ [INTERNAL]: entry }));
  const outputs: string[] = [];
  return {
    registry,
    async run(name, spec, options = {}) {
      const output = `${INTERNAL}/p1/${name}:latest`;
      const reference = output.replace(INTERNAL, registry.host);
      outputs.push(reference);
      const build = await client.create(BUILDS, {
        apiVersion: 'build.openshift.io/v1',
        kind: 'Build',
        metadata: { name: `${name}-1`, namespace: 'p1' },
        spec: { output: { to: { kind: 'ImageStreamTag', name: `${name}:latest` } }, ...spec },
        status: { phase: 'Running', outputDockerImageReference: output },
      });
      const settings = {
        engineNames: {
          internalRegistryHost: INTERNAL,
          engineRegistryHost: registry.host,
          mirrors: [],
        },
        ...options.settings,
      };
      const env = {
        BUILD: JSON.stringify(build),
        SAMPAN_BUILD_SETTINGS: JSON.stringify(settings),
        PUSH_DOCKERCFG_PATH: directory,
        BUILD_WORK_DIRECTORY: directory,
      };
      let log = '';
      const code = await runBuildPod(env, {
        client,
        engine,
        networkMode: 'host',
        input: options.input ?? nothing(),
        write(text) {
          log += text;
          options.onOutput?.(text);
        },
        signal: options.signal ?? new AbortController().signal,
      });
      const after = await client.get(BUILDS, { namespace: 'p1', name: `${name}-1` });
      return { code, log, build: after, reference };
    },
    async close() {
      for (const output of outputs) await engine.removeImage(output, { force: true });
      await registry.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
