import { pathsOf } from '../../../src/cmd/platform/paths.ts';
import {
  bootstrap,
  type ControlPlane,
  type ControlPlaneOptions,
  startControlPlane,
} from '../../../src/cmd/server/control-plane.ts';
import { SILENT } from '../../../src/controller-kit/silent-log.ts';
import { systemClock } from '../../../src/controller-kit/system-clock.ts';
import { newFakeEngine } from '../../../src/engine/fake/fake-engine.ts';
import { freePort } from './free-port.ts';

/** TestPlane is the API server as the platform composes it, over a store on disk, without nodes. */
export interface TestPlane {
  readonly plane: ControlPlane;
  readonly port: number;
  readonly url: string;
  /** What a TLS client needs to be the administrator. */
  readonly tls: { readonly ca: string; readonly cert: string; readonly key: string };
}

/** startTestPlane starts one below a directory, on a free port of the loopback interface. */
export async function startTestPlane(
  directory: string,
  options: Partial<Pick<ControlPlaneOptions, 'log' | 'flags' | 'images'>> = {},
): Promise<TestPlane> {
  const plane = await startControlPlane({
    paths: pathsOf(directory),
    gateway: '127.0.0.1',
    clock: systemClock,
    log: SILENT,
    images: { internalRegistryHost: 'r', engineRegistryHost: 'r', mirrors: [], gitRewrites: [] },
    engine: newFakeEngine(),
    ...options,
  });
  const port = await freePort();
  await plane.listen('127.0.0.1', port);
  await bootstrap(plane);
  const { admin, authority } = plane.pki;
  const tls = { ca: authority.certPem, cert: admin.certPem, key: admin.keyPem };
  return { plane, port, url: `https://127.0.0.1:${port}`, tls };
}
