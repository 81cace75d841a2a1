import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuilderImage, ensureBuilderImages } from '../../build/images/builder-images.ts';
import { newDockerEngine } from '../../engine/docker/docker-engine.ts';
import { newAdminClient } from './admin-client.ts';
import type { ConsoleIo } from './console-io.ts';
import type { PlatformOptions } from './options.ts';
import { pathsOf } from './paths.ts';
import { publishBuilders } from './publish-builders.ts';
import { readServerState } from './server-state.ts';

const DIST = dirname(fileURLToPath(import.meta.url));

/** PLATFORM_IMAGE is the recipe of the image that build pods run; it is no builder. */
const PLATFORM_IMAGE = 'platform';

/** BUILDERS are the builder images that an installation has from its first start on. */
const BUILDERS = ['ruby', 'nodejs', 'python', 'httpd', 'nginx'] as const;

/**
 * prepareImages makes the images that builds need and that are missing or out of date, and offers
 * the builders as image streams in project `openshift`. With everything there it takes some
 * hundredths of a second.
 */
export async function prepareImages(
  options: PlatformOptions,
  display: ConsoleIo,
  builders: readonly string[] = BUILDERS,
): Promise<void> {
  const paths = pathsOf(options.dataDirectory);
  const engine = newDockerEngine({ socketPath: options.engineSocket });
  try {
    const images = await display.step('the builder images are made', () =>
      ensureBuilderImages({
        engine,
        recipesDirectory: join(DIST, '..', 'images'),
        cacheDirectory: paths.images,
        names: [PLATFORM_IMAGE, ...builders],
        hostFiles: { programDirectory: DIST },
        onProgress({ image, state, detail }) {
          if (state === 'started') display.say(`making the image ${image}`);
          if (state === 'output' && process.stderr.isTTY) display.say(`${image}: ${detail ?? ''}`);
          if (state === 'failed') display.print(`✘ the image ${image}: ${detail ?? ''}`);
        },
      }),
    );
    await publish(options, engine, images, display);
  } finally {
    await engine.close();
  }
}

async function publish(
  options: PlatformOptions,
  engine: ReturnType<typeof newDockerEngine>,
  images: readonly BuilderImage[],
  display: ConsoleIo,
): Promise<void> {
  const paths = pathsOf(options.dataDirectory);
  const state = await readServerState(paths);
  if (!state) throw new Error('the server ended while images were made: see its log');
  const client = await newAdminClient(paths, state.apiUrl);
  const builders = images.filter((one) => one.recipe.stream !== undefined);
  await display.step('the builders are offered in project "openshift"', () =>
    publishBuilders(
      { client, engine, registryAddress: state.registryAddress, say: (text) => display.say(text) },
      builders,
    ),
  );
}
