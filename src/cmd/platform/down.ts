import { rm } from 'node:fs/promises';
import type { Io } from '../../cli/io.ts';
import { SILENT } from '../../controller-kit/silent-log.ts';
import { newDockerEngine } from '../../engine/docker/docker-engine.ts';
import type { Engine } from '../../engine/engine.ts';
import { newNetwork } from '../../network/network.ts';
import { shutDownRouter } from '../../router/shut-down-router.ts';
import { removeKubeconfig } from './admin-kubeconfig.ts';
import { ConsoleIo } from './console-io.ts';
import { stopServingRepositories } from './git-server.ts';
import { type PlatformOptions, parseOptions } from './options.ts';
import { removeOwnImages } from './own-images.ts';
import { instanceOf, pathsOf } from './paths.ts';
import { removePrograms } from './programs.ts';
import { stopServer } from './server-process.ts';
import { lastServerState, readServerState } from './server-state.ts';
import { fail } from './up.ts';

const FLAGS = ['--purge', '--data-dir', '--engine-socket', '--kubeconfig'];

const HELP = `Stop the platform and everything that it runs.

The data stays: the next "up" brings every application back. Containers, images and networks that
are not Sampan's are never touched.

Usage:
  {program} down [options]

Options:
      --purge               remove the data, the images and the installed programs too
      --data-dir=PATH       what was given to "up" (default /var/lib/sampan)
      --engine-socket=PATH  the Docker Engine (default /var/run/docker.sock)
      --kubeconfig=PATH     the kubeconfig that "up" wrote to (default as kubectl)
`;

/** OWNER_LABEL marks every container and image of an installation. */
const OWNER_LABEL = 'io.sampan.owner';

async function removeContainers(engine: Engine, instance: string): Promise<number> {
  const own = await engine.listContainers({ [OWNER_LABEL]: instance });
  await Promise.all(own.map((one) => engine.stopContainer(one.id, 2).catch(() => undefined)));
  for (const one of own) await engine.removeContainer(one.id);
  return own.length;
}

async function stopEverything(options: PlatformOptions, display: ConsoleIo): Promise<void> {
  const paths = pathsOf(options.dataDirectory);
  const state = await readServerState(paths);
  if (state) await display.step('the server has ended', () => stopServer(state));
  await stopServingRepositories(paths.git);
  const engine = newDockerEngine({ socketPath: options.engineSocket });
  try {
    const instance = instanceOf(options.dataDirectory);
    await display.step('the containers are gone', () => removeContainers(engine, instance));
    if (options.purge) {
      const { registryAddress } = await lastServerState(paths);
      await display.step('the images are gone', () =>
        removeOwnImages(engine, { instance, registryAddress }),
      );
    }
  } finally {
    await engine.close();
  }
  await display.step('the router is gone', () => shutDownRouter(paths.router));
  await display.step('the network is gone', () => newNetwork({ log: SILENT }).purge());
}

/** run is the command `down`. It works as well when the server was killed. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  try {
    const options = parseOptions(argv, FLAGS);
    if (options.help) {
      io.out(HELP.replaceAll('{program}', io.program));
      return 0;
    }
    const display = new ConsoleIo();
    const paths = pathsOf(options.dataDirectory);
    const { apiUrl } = await lastServerState(paths);
    await stopEverything(options, display);
    if (options.purge) {
      await removeKubeconfig(apiUrl, { flag: options.kubeconfig, io });
      await removePrograms();
      await rm(paths.data, { recursive: true, force: true });
      display.print(`✔ removed ${paths.data}`);
    }
    return 0;
  } catch (error) {
    return fail(error, io, 'down');
  }
}
